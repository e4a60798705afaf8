/// The layers of a model in execution order, with the values that each reads and writes. Values are numbered.
package struct Graph: Sendable {
    package struct Node: Sendable {
        package let layer: any AnyLayer
        package let name: String
        package let inputs: [Int]
        package let outputs: Range<Int>
        /// The layer where it is a model, whose own graph then runs.
        let inner: Model?

        init(layer: any AnyLayer, name: String, inputs: [Int], outputs: Range<Int>) {
            self.layer = layer
            self.name = name
            self.inputs = inputs
            self.outputs = outputs
            inner = layer as? Model
        }
    }

    package private(set) var nodes: [Node] = []
    package private(set) var inputs: [Int] = []
    package private(set) var outputs: [Int] = []
    package private(set) var valueCount = 0
    /// The sizes of one sample of each input, nil for free axes; nil where the graph was made without
    /// `Input`s.
    package var inputSizes: [[Int?]]?

    /// A graph of layers in a row.
    init(chain layers: [any AnyLayer]) {
        let names = LayerNames(layers)
        inputs = [0]
        valueCount = 1
        for layer in layers { append(layer, names.name(of: layer), [valueCount - 1], outputCount: 1) }
        outputs = [valueCount - 1]
    }

    /// The graph that computes symbolic outputs from symbolic inputs.
    ///
    /// - Throws: `CognitronError` where an output depends on an input that is not listed, a layer with several
    ///   outputs is used without selecting one, or there is no layer.
    init(inputs: [SymbolicTensor], outputs: [SymbolicTensor], name: String) throws {
        var sorter = GraphSorter(name)
        try sorter.visit(inputs: inputs, outputs: outputs)
        let names = LayerNames(sorter.calls.map(\.layer))
        self.inputs = Array(sorter.inputs.indices)
        inputSizes = sorter.inputs.map(\.sizes)
        valueCount = sorter.inputs.count
        for call in sorter.calls {
            append(
                call.layer, names.name(of: call.layer), call.inputs.map(sorter.index),
                outputCount: call.layer.outputCount)
        }
        guard !nodes.isEmpty else {
            throw CognitronError(
                .model, name, "has no layers", expected: "outputs that layers compute", got: "its inputs",
                advice: "put an Identity between them")
        }
        self.outputs = outputs.map(sorter.index)
    }

    /// A graph with wiring from a file, which `Architecture.makeModel` has checked.
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

    /// The layers in execution order, each once, with their names.
    var namedLayers: [(name: String, layer: any AnyLayer)] {
        var found: Set<ObjectIdentifier> = []
        return nodes.filter { found.insert(ObjectIdentifier($0.layer)).inserted }.map { ($0.name, $0.layer) }
    }

    /// The layers in execution order, each once.
    var layers: [any AnyLayer] { namedLayers.map(\.layer) }

    /// The names of the outputs: those of the layers that compute them, numbered from a name's second use on.
    /// An output that is an input of the graph is called `input`.
    var outputNames: [String] {
        var taken: Set<String> = []
        return outputs.map { value in
            let base = nodes.first { $0.outputs.contains(value) }?.name ?? "input"
            var (name, number) = (base, 0)
            while !taken.insert(name).inserted {
                number += 1
                name = "\(base)_\(number)"
            }
            return name
        }
    }
}
