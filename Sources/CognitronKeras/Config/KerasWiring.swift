import Cognitron

/// A use of a layer in Keras's graph.
struct KerasUse {
    let name: String
    let layer: any AnyLayer
    var inputs: [Int]
    let outputs: [Int]
    /// The shapes of one sample of the outputs, with ? for free sizes.
    let shapeTexts: [String]
}

/// How the layers of a model are connected in Keras: with layers of zeros before those that pad explicitly.
struct KerasWiring {
    let inputs: [(value: Int, shape: String)]
    let outputs: [Int]
    private(set) var uses: [KerasUse] = []
    /// The layers that have zeros before them.
    private(set) var padded: Set<ObjectIdentifier> = []

    init(_ wiring: Wiring) {
        (inputs, outputs) = (wiring.inputs, wiring.outputs)
        var taken = Set(wiring.layers.map(\.name))
        var next = 1 + (wiring.layers.flatMap(\.outputs) + inputs.map(\.value)).reduce(0, max)
        var zeros: [ObjectIdentifier: (layer: any AnyLayer, name: String)] = [:]
        let positive = PositiveValues(wiring)
        var texts = Dictionary(inputs.map { ($0.value, $0.shape) }) { first, _ in first }
        for use in wiring.layers {
            for (value, text) in zip(use.outputs, use.shapeTexts) { texts[value] = text }
        }
        for use in wiring.layers {
            var own = KerasUse(
                name: use.name, layer: use.layer, inputs: use.inputs, outputs: Array(use.outputs),
                shapeTexts: use.shapeTexts)
            if let saved = use.layer as? any Encodable, use.inputs.count == 1,
                let form = try? JSONValue(encoding: saved),
                case .layer(let zero)? = KerasPadding.of(use.layer, form),
                !use.typeName.hasPrefix("Max") || positive.contains(use.inputs[0])
            {
                let identifier = ObjectIdentifier(use.layer)
                var name = "\(use.name)_pad"
                while zeros[identifier] == nil, !taken.insert(name).inserted { name += "_" }
                let known = zeros[identifier] ?? (zero, name)
                zeros[identifier] = known
                padded.insert(identifier)
                uses.append(
                    KerasUse(
                        name: known.name, layer: known.layer, inputs: use.inputs, outputs: [next],
                        shapeTexts: [Self.padded(texts[use.inputs[0]] ?? "", form)]))
                own.inputs = [next]
                next += 1
            }
            uses.append(own)
        }
    }

    /// The shape after zeros.
    private static func padded(_ text: String, _ own: JSONValue) -> String {
        var sizes = text.split(separator: " × ").map(String.init)
        let sides = KerasPadding.sides(
            own["padding"]?.members?.first?.value["_0"] ?? .null, rank: sizes.count - 1)
        for (axis, side) in (sides ?? []).enumerated() {
            if let size = Int(sizes[axis]) { sizes[axis] = "\(size + side.before + side.after)" }
        }
        return sizes.joined(separator: " × ")
    }
}

/// The values of a graph that cannot be negative: zeros around them do not change a maximum.
private struct PositiveValues {
    private var values: Set<Int> = []

    init(_ wiring: Wiring) {
        for use in wiring.layers where isPositive(use) { values.formUnion(use.outputs) }
    }

    func contains(_ value: Int) -> Bool { values.contains(value) }

    private func isPositive(_ use: LayerUse) -> Bool {
        switch use.layer {
        case let layer as ReLU: layer.negativeSlope >= 0 && layer.negativeSlope == 0 && layer.threshold >= 0
        case is MaxPooling2D, is AveragePooling2D, is Dropout, is SpatialDropout2D, is ZeroPadding2D,
            is Identity,
            is Concatenate, is Add:
            use.inputs.allSatisfy(values.contains)
        case let layer as any ActivatedLayer:
            [.relu, .relu6, .sigmoid, .hardSigmoid, .softmax, .softplus, .exponential].contains(
                layer.activation)
        default: false
        }
    }
}

extension Model {
    /// The connections in Keras; nil while the model is not built.
    var kerasWiring: KerasWiring? { wiring.map { KerasWiring($0) } }
}
