/// Layers in a fixed order with fixed wiring: what a model runs.
///
/// Values are numbered; each node reads some and writes others. A forward pass lets go of every value as soon as its
/// last reader has it, so that the reader may work in place; the backward pass is the nodes' pullbacks in reverse.
struct Graph: Sendable {
    struct Node: Sendable {
        let layer: any AnyLayer
        let name: String
        let inputs: [Int]
        let outputs: Range<Int>
    }

    private(set) var nodes: [Node] = []
    private(set) var inputs: [Int] = []
    private(set) var outputs: [Int] = []
    private(set) var valueCount = 0

    /// The layers one after another.
    init(chain layers: [any AnyLayer]) {
        let names = LayerNames(layers)
        inputs = [0]
        valueCount = 1
        for layer in layers { append(layer, names.name(of: layer), [valueCount - 1], outputCount: 1) }
        outputs = [valueCount - 1]
    }

    /// The layers between symbolic inputs and outputs.
    ///
    /// - Throws: `CognitronError` where an output depends on an input that is not listed.
    init(inputs: [SymbolicTensor], outputs: [SymbolicTensor], name: String) throws {
        var sorter = GraphSorter(name)
        try sorter.visit(inputs: inputs, outputs: outputs)
        let names = LayerNames(sorter.calls.map(\.layer))
        self.inputs = Array(sorter.inputs.indices)
        valueCount = sorter.inputs.count
        for call in sorter.calls {
            append(
                call.layer, names.name(of: call.layer), call.inputs.map(sorter.index),
                outputCount: call.layer.outputCount)
        }
        self.outputs = outputs.map(sorter.index)
    }

    /// Wiring as a file tells it, checked by `Architecture.makeModel` before.
    init(nodes: [Node], inputs: [Int], outputs: [Int], valueCount: Int) {
        self.nodes = nodes
        self.inputs = inputs
        self.outputs = outputs
        self.valueCount = valueCount
    }

    private mutating func append(_ layer: any AnyLayer, _ name: String, _ inputs: [Int], outputCount: Int) {
        nodes.append(
            Node(layer: layer, name: name, inputs: inputs, outputs: valueCount..<valueCount + outputCount))
        valueCount += outputCount
    }

    /// The layers in the order they run, each once.
    var layers: [any AnyLayer] {
        var seen: Set<ObjectIdentifier> = []
        return nodes.map(\.layer).filter { seen.insert(ObjectIdentifier($0)).inserted }
    }
}

// MARK: - Shapes

extension Graph {
    /// Builds every layer and returns the shapes of all values.
    ///
    /// - Parameters:
    ///   - path: what stands before the layers' names, in a model within another.
    ///   - model: what the model is called in messages.
    func build(_ inputShapes: [Shape], path: String?, model: String) throws -> [Shape] {
        guard inputShapes.count == inputs.count else {
            throw CognitronError(
                .shape, model, "wrong number of inputs", expected: "\(inputs.count)",
                got: "\(inputShapes.count)")
        }
        try requireDistinctNames(model)
        var shapes = [Shape](repeating: [], count: valueCount)
        for (value, shape) in zip(inputs, inputShapes) {
            try BuildContext(path: path ?? "input").requireTractable(shape)
            shapes[value] = shape
        }
        var trail: [String] = []
        for node in nodes {
            var context = BuildContext(path: path.map { "\($0)/\(node.name)" } ?? node.name, trail: trail)
            let built = try node.layer.build(inputs: node.inputs.map { shapes[$0] }, &context)
            guard built.count == node.outputs.count else {
                throw context.error(
                    .model, "gives several outputs, of which layers in a row pass on but one",
                    expected: "\(node.outputs.count)", got: "\(built.count)",
                    advice: "wire it with Model(inputs:outputs:)")
            }
            for (value, shape) in zip(node.outputs, built) {
                try context.requireTractable(shape)
                shapes[value] = shape
            }
            trail.append("\(node.name) \(built.map(\.description).joined(separator: ", "))")
        }
        return shapes
    }

    /// Throws where two layers were given one name: files and messages could not tell them apart.
    private func requireDistinctNames(_ model: String) throws {
        var owners: [String: (number: Int, layer: any AnyLayer)] = [:]
        for (number, layer) in layers.enumerated() {
            guard let name = layer.name else { continue }
            if let first = owners.updateValue((number, layer), forKey: name) {
                throw CognitronError(
                    .model, model,
                    "two layers are called \(name): number \(first.number + 1) (\(first.layer.typeName)) and "
                        + "number \(number + 1) (\(layer.typeName))",
                    advice: "give each layer a name of its own")
            }
        }
    }
}

// MARK: - Running

extension Graph {
    /// Runs the layers on a batch.
    ///
    /// Where the phase needs no pullback, nothing is kept for it: a value's memory is free again as soon as its last
    /// reader has run, and the pullback that is returned does nothing.
    ///
    /// - Parameters:
    ///   - linearOutputs: outputs to be given as they are before their last layer's activation function.
    ///   - profile: what is told how long each node took, forward and backward.
    func forward(
        _ batch: consuming [Tensor], _ phase: Phase, linearOutputs: Set<Int> = [],
        profile: StepProfile? = nil
    ) -> (outputs: [Tensor], pullback: MultiPullback) {
        var values = [Tensor?](repeating: nil, count: valueCount)
        let inputShapes = batch.map(\.shape)
        var readers = readerCounts
        for (value, tensor) in zip(inputs, batch) { values[value] = tensor }
        batch = []
        let linearValues = Set(linearOutputs.map { outputs[$0] })
        let needed = gradientNeeds(phase)
        var steps: [BackwardStep] = []
        for node in nodes {
            let arguments = node.inputs.map { value in
                readers[value] -= 1
                return (readers[value] == 0 ? values[value].take() : values[value]) ?? Tensor(0)
            }
            let nodePhase = phase.needingInputGradient(node.inputs.contains { needed[$0] })
            let isLinear = node.outputs.contains { linearValues.contains($0) }
            let (results, pullback) = node.layer.run(arguments, nodePhase, isLinear: isLinear)
            if node.outputs.contains(where: { needed[$0] }) {
                steps.append(BackwardStep(node: node, shapes: results.map(\.shape), pullback: pullback))
            }
            for (value, tensor) in zip(node.outputs, results) { values[value] = tensor }
            profile?.lap(.forward(node.name))
        }
        let results = outputs.map { values[$0] ?? Tensor(0) }
        return (results, backward(steps, needed, inputShapes, profile))
    }

    private struct BackwardStep {
        let node: Node
        let shapes: [Shape]
        let pullback: MultiPullback
    }

    /// How often each value is read, by nodes and as an output.
    private var readerCounts: [Int] {
        var counts = [Int](repeating: 0, count: valueCount)
        for node in nodes { for value in node.inputs { counts[value] += 1 } }
        for value in outputs { counts[value] += 1 }
        return counts
    }

    /// Which values' gradients somebody will look at: those that depend on a trainable parameter, and all if the
    /// caller wants the inputs' gradients; none where there is no backward pass.
    private func gradientNeeds(_ phase: Phase) -> [Bool] {
        var needed = [Bool](repeating: phase.needsInputGradient, count: valueCount)
        for node in nodes where phase.needsPullback && !phase.needsInputGradient {
            let isNeeded =
                node.inputs.contains { needed[$0] } || node.layer.parameters.contains { $0.isTrainable }
            for value in node.outputs { needed[value] = isNeeded }
        }
        return needed
    }

    private func backward(
        _ steps: [BackwardStep], _ needed: [Bool], _ inputShapes: [Shape], _ profile: StepProfile?
    ) -> MultiPullback {
        var steps = steps
        return { outputGradients in
            var gradients = GradientSlots(count: valueCount)
            for (value, gradient) in zip(outputs, outputGradients) { gradients.add(gradient, to: value) }
            // Each pullback is released as soon as it has run, with all that it kept for the backward pass.
            while let step = steps.popLast() {
                guard let arguments = gradients.take(step.node.outputs, step.shapes) else { continue }
                let results = step.pullback(arguments)
                for (value, gradient) in zip(step.node.inputs, results) where needed[value] {
                    gradients.add(gradient, to: value)
                }
                profile?.lap(.backward(step.node.name))
            }
            // An input that no output depends on has a gradient too: none of it matters.
            return zip(inputs, inputShapes).map { value, shape in
                gradients.take(value) ?? (needed[value] ? Tensor.zeros(shape) : Tensor(0))
            }
        }
    }
}

extension AnyLayer {
    /// `forward` of a layer that has been built as a part of a model.
    ///
    /// - Parameter isLinear: whether the output is to be given as it is before the layer's activation function.
    func run(
        _ inputs: consuming [Tensor], _ phase: Phase, isLinear: Bool = false
    ) -> (outputs: [Tensor], pullback: MultiPullback) {
        if isLinear, let layer = self as? any ActivatedLayer {
            let (output, pullback) = layer.forwardLinear(inputs.removeLast(), phase)
            return ([output], { [pullback($0[0])] })
        }
        if let model = self as? Model {
            // Not by way of the model's own forward: as a part it may be used on several shapes.
            let graph = phase.needsPullback ? model.running : model.predictionGraph()
            return graph.forward(inputs, phase, linearOutputs: isLinear ? [0] : [])
        }
        return forward(inputs: inputs, phase)
    }
}

/// The gradients of the values, gathered while the backward pass runs.
private struct GradientSlots {
    private var slots: [Tensor?]

    init(count: Int) { slots = Array(repeating: nil, count: count) }

    mutating func add(_ gradient: consuming Tensor, to value: Int) {
        if var sum = slots[value].take() {
            sum += gradient
            slots[value] = sum
        } else {
            slots[value] = gradient
        }
    }

    mutating func take(_ value: Int) -> Tensor? { slots[value].take() }

    /// The gradients of a node's outputs, zeros for those nobody used; nil where nobody used any.
    mutating func take(_ values: Range<Int>, _ shapes: [Shape]) -> [Tensor]? {
        guard values.contains(where: { slots[$0] != nil }) else { return nil }
        return zip(values, shapes).map { slots[$0].take() ?? Tensor.zeros($1) }
    }
}

// MARK: - Activations at the end

extension Graph {
    /// The activation function an output ends in, where it is that of its last layer and no other layer reads it.
    func activation(ofOutput index: Int) -> ActivationFunction? {
        let value = outputs[index]
        guard readerCounts[value] == 1, let node = nodes.last(where: { $0.outputs.contains(value) }) else {
            return nil
        }
        if let layer = node.layer as? any ActivatedLayer { return layer.activation }
        if let model = node.layer as? Model, node.outputs.count == 1 {
            return model.graph.activation(ofOutput: 0)
        }
        return nil
    }
}
