/// Layers in a fixed order with fixed wiring: what a model runs.
///
/// Values are numbered; each node reads some and writes others.
struct Graph: Sendable {
    struct Node: Sendable {
        let layer: any AnyLayer
        let name: String
        let inputs: [Int]
        let outputs: Range<Int>
        /// The layer, where it is a model: its own graph runs then.
        let inner: Model?

        init(layer: any AnyLayer, name: String, inputs: [Int], outputs: Range<Int>) {
            self.layer = layer
            self.name = name
            self.inputs = inputs
            self.outputs = outputs
            inner = layer as? Model
        }
    }

    private(set) var nodes: [Node] = []
    private(set) var inputs: [Int] = []
    private(set) var outputs: [Int] = []
    private(set) var valueCount = 0
    /// The sizes of one sample of each input, nil for free axes, where the graph was given `Input`s for them.
    var inputSizes: [[Int?]]?

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
    /// - Throws: `CognitronError` where an output depends on an input that is not listed, or a layer of
    ///   several outputs is used without saying which.
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

    /// The layers in the order they run, each once, with their names.
    var namedLayers: [(name: String, layer: any AnyLayer)] {
        var seen: Set<ObjectIdentifier> = []
        return nodes.filter { seen.insert(ObjectIdentifier($0.layer)).inserted }.map { ($0.name, $0.layer) }
    }

    /// The layers in the order they run, each once.
    var layers: [any AnyLayer] { namedLayers.map(\.layer) }

    /// The names of the outputs: those of the layers they come from, with a number from a name's second use
    /// on.
    var outputNames: [String] {
        var taken: Set<String> = []
        return outputs.map { value in
            let base = nodes.first { $0.outputs.contains(value) }?.name ?? "input"
            let name =
                taken.contains(base)
                ? (1...).lazy.map { "\(base)_\($0)" }.first { !taken.contains($0) } : base
            taken.insert(name ?? base)
            return name ?? base
        }
    }
}
