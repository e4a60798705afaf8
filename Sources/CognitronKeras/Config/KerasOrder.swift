import Cognitron

/// The order of a functional model's layers in Keras: by depth, the number of calls to the outputs, then by
/// when a search from the outputs finds them. Files of weights count the layers of a class in this order.
///
/// - Source: Keras `ops/function.py`, `map_graph`.
struct KerasOrder {
    /// The inputs and layers in Keras's order.
    enum Member {
        case input(Int)
        case layer(any AnyLayer)
    }

    private(set) var members: [Member] = []

    private let wiring: KerasWiring
    /// The use that gives each value; nil for inputs.
    private var makers: [Int: Int] = [:]
    /// Uses and inputs, each after those that it needs. Inputs have the numbers −1, −2 …
    private var nodes: [Int] = []
    private var firstVisits: [ObjectIdentifier: Int] = [:]
    private var inputVisits: [Int: Int] = [:]
    private var isFinished: Set<Int> = []

    init(_ wiring: KerasWiring) {
        self.wiring = wiring
        for (index, use) in wiring.uses.enumerated() {
            for value in use.outputs { makers[value] = index }
        }
        for output in wiring.outputs { visit(node(of: output)) }
        sort()
    }

    private func node(of value: Int) -> Int {
        makers[value] ?? -1 - (wiring.inputs.firstIndex { $0.value == value } ?? 0)
    }

    /// Searches depth first, with a stack of its own.
    private mutating func visit(_ start: Int) {
        var stack: [(node: Int, next: Int)] = []
        func enter(_ node: Int) {
            let count = firstVisits.count + inputVisits.count
            if node < 0 {
                if inputVisits[node] == nil { inputVisits[node] = count }
            } else {
                let identifier = ObjectIdentifier(wiring.uses[node].layer)
                if firstVisits[identifier] == nil { firstVisits[identifier] = count }
            }
            stack.append((node, 0))
        }
        guard !isFinished.contains(start) else { return }
        enter(start)
        while let (node, next) = stack.last {
            let inputs = node < 0 ? [] : wiring.uses[node].inputs
            guard next < inputs.count else {
                isFinished.insert(node)
                nodes.append(node)
                stack.removeLast()
                continue
            }
            stack[stack.count - 1].next += 1
            let child = self.node(of: inputs[next])
            if !isFinished.contains(child) { enter(child) }
        }
    }

    private mutating func sort() {
        var depths: [Int: Int] = [:]
        var layerDepths: [ObjectIdentifier: (layer: any AnyLayer, depth: Int)] = [:]
        var inputDepths: [Int: Int] = [:]
        for node in nodes.reversed() {
            var depth = depths[node] ?? 0
            guard node >= 0 else {
                inputDepths[node] = depth
                continue
            }
            let layer = wiring.uses[node].layer
            depth = max(depth, layerDepths[ObjectIdentifier(layer)]?.depth ?? 0)
            layerDepths[ObjectIdentifier(layer)] = (layer, depth)
            for value in wiring.uses[node].inputs {
                let child = self.node(of: value)
                depths[child] = max(depths[child] ?? 0, depth + 1)
            }
        }
        // Inputs that no output depends on come with depth 0, before others.
        let inputs = wiring.inputs.indices.map { index -> (depth: Int, visit: Int, member: Member) in
            (inputDepths[-1 - index] ?? 0, inputVisits[-1 - index] ?? -1, .input(index))
        }
        let layers = layerDepths.map { identifier, entry -> (depth: Int, visit: Int, member: Member) in
            (entry.depth, firstVisits[identifier] ?? 0, .layer(entry.layer))
        }
        members = (inputs + layers).sorted { ($1.depth, $0.visit) < ($0.depth, $1.visit) }.map(\.member)
    }
}

extension Model {
    /// The layers in the order that Keras has them in.
    var kerasLayers: [any AnyLayer] {
        guard !isKerasSequential, let wiring = kerasWiring else { return layers }
        return KerasOrder(wiring).members.compactMap { if case .layer(let layer) = $0 { layer } else { nil } }
    }

    /// Whether it is a chain in which no layer comes twice: others are functional models there.
    var isKerasSequential: Bool {
        self is Sequential && wiring.map { $0.layers.count == layers.count } ?? true
    }
}
