// Models made of parts of another model, with the same layers: what is learnt in one is known in the other.

import CognitronKernels

extension Model {
    /// The same model with the layers of inner models in place of these, named by their paths.
    ///
    /// - Throws: `CognitronError` where the model is not built.
    package func expanded() throws -> Model {
        let graph = graph.expanded()
        return try part(graph, outputNames: givenOutputNames)
    }

    /// The model in two parts: up to a layer, and from what the first part gives to the outputs. Layers are
    /// those of this model.
    ///
    /// The gradient of the outputs with respect to the layer's output is that of the second part with respect
    /// to its input `index`.
    ///
    /// - Throws: as `featureExtractor(_:)`, and where the second part does not depend on the layer.
    package func split(after layer: String) throws -> (head: Model, tail: Model, index: Int) {
        let graph = graph.expanded()
        let (place, node) = try place(of: layer, in: graph)
        let later = graph.nodes[(place + 1)...]
        let read = Set(later.flatMap(\.inputs) + graph.outputs)
        let early = graph.inputs + graph.nodes[...place].flatMap { Array($0.outputs) }
        let passed = early.filter(read.contains)
        guard let index = passed.firstIndex(where: node.outputs.contains), !later.isEmpty else {
            throw CognitronError(
                .argument, displayName, "no layer reads the output of \(layer)",
                advice: "name a layer before the last one")
        }
        func part(_ nodes: ArraySlice<Graph.Node>, _ inputs: [Int], _ outputs: [Int]) throws -> Model {
            try self.part(
                Graph(
                    nodes: Array(nodes), inputs: inputs, outputs: outputs, valueCount: graph.valueCount),
                hasOwnInputs: inputs == graph.inputs)
        }
        return (
            try part(graph.nodes[...place], graph.inputs, passed), try part(later, passed, graph.outputs),
            index
        )
    }

    /// The outputs for a batch, without the activation function of those that end in a softmax or a sigmoid,
    /// and the pullback: what a class is given before it competes with the others.
    package func forwardScores(_ inputs: [Tensor]) throws -> (outputs: [Tensor], pullback: MultiPullback) {
        try prepare(for: inputs.map(\.shape.sample))
        guard let shapes = valueShapes(for: inputs.map(\.shape.sample)) else { fail("not built") }
        let linear = running.outputs.indices.filter {
            [.softmax, .sigmoid].contains(running.activation(ofOutput: $0, shapes))
        }
        let result = running.forward(inputs, .inference, linearOutputs: Set(linear))
        return (result.outputs, result.pullback)
    }

    /// The node of a layer's name.
    func place(of layer: String, in graph: Graph) throws -> (place: Int, node: Graph.Node) {
        guard let place = graph.nodes.firstIndex(where: { $0.name == layer }) else {
            let names = graph.nodes.map(\.name)
            throw CognitronError(
                .argument, displayName, "has no layer called \(layer)",
                expected: "one of \(names.joined(separator: ", "))", got: layer,
                advice: layer.nearest(of: names).map { "did you mean \($0)?" })
        }
        return (place, graph.nodes[place])
    }

    /// The model of a graph whose layers are this model's.
    ///
    /// - Parameter hasOwnInputs: whether the graph's inputs are this model's.
    /// - Throws: `CognitronError` where this model is not built.
    func part(_ graph: Graph, hasOwnInputs: Bool = true, outputNames: [String]? = nil) throws -> Model {
        guard isBuilt, let sizes = declaredInputSizes else { throw notBuilt }
        var part = graph.renumbered()
        if hasOwnInputs { part.inputSizes = sizes }
        let model = Model(graph: part, name: name, outputNames: outputNames)
        if hasOwnInputs { try model.buildDeclared(sizes) }
        return model
    }
}

extension Graph {
    /// The same graph with the nodes of inner models in place of these, named by their paths.
    func expanded() -> Graph {
        var (nodes, count) = ([Node](), inputs.count)
        let outputs = Self.expand(self, inputs: Array(0..<count), prefix: "", into: &nodes, &count)
        var graph = Graph(nodes: nodes, inputs: Array(inputs.indices), outputs: outputs, valueCount: count)
        graph.inputSizes = inputSizes
        return graph
    }

    /// Appends the nodes of a graph that reads the values `inputs`; returns the values that it gives.
    private static func expand(
        _ graph: Graph, inputs: [Int], prefix: String, into nodes: inout [Node], _ count: inout Int
    ) -> [Int] {
        var numbers: [Int: Int] = [:]
        func number(_ value: Int) -> Int {
            guard let number = numbers[value] else { fail("a value that no node gives") }
            return number
        }
        for (value, number) in zip(graph.inputs, inputs) { numbers[value] = number }
        for node in graph.nodes {
            let arguments = node.inputs.map(number)
            let given: [Int]
            if let inner = node.inner {
                given = expand(
                    inner.graph, inputs: arguments, prefix: "\(prefix)\(node.name)/", into: &nodes, &count)
            } else {
                given = Array(count..<count + node.outputs.count)
                nodes.append(
                    Node(
                        layer: node.layer, name: prefix + node.name, inputs: arguments,
                        outputs: count..<count + node.outputs.count))
                count += node.outputs.count
            }
            for (value, number) in zip(node.outputs, given) { numbers[value] = number }
        }
        return graph.outputs.map(number)
    }
}
