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
    /// What became a layer of another kind, with fixed sizes.
    private(set) var notes: [String] = []
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
            if let layer = Self.fixed(use, texts), wiring.layers.count(where: { $0.layer === use.layer }) == 1
            {
                own = KerasUse(
                    name: use.name, layer: layer, inputs: [use.inputs[0]], outputs: own.outputs,
                    shapeTexts: own.shapeTexts)
                notes.append("\(use.name) (\(use.typeName)): a \(type(of: layer)) of fixed size")
            }
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

    /// A layer of fixed sizes in place of one whose second input gives the size; nil where there is none.
    private static func fixed(_ use: LayerUse, _ texts: [Int: String]) -> (any AnyLayer)? {
        guard use.inputs.count == 2, use.layer is CropToMatch2D || use.layer is ResizeToMatch2D else {
            return nil
        }
        let sizes = use.inputs.map { (texts[$0] ?? "").split(separator: " × ").map { Int($0) } }
        guard sizes.allSatisfy({ $0.count == 3 && $0[0] != nil && $0[1] != nil }) else { return nil }
        let (own, wanted) = (sizes[0].prefix(2).compactMap { $0 }, sizes[1].prefix(2).compactMap { $0 })
        guard let crop = use.layer as? CropToMatch2D else {
            // Pixels are repeated alike for whole factors only.
            guard zip(wanted, own).allSatisfy({ $0 % $1 == 0 }) else { return nil }
            return UpSampling2D(zip(wanted, own).map { $0 / $1 })
        }
        return Cropping2D(
            zip(own, wanted).map { size, wanted in
                let before = crop.offset ?? (size - wanted) / 2
                return [before, size - wanted - before]
            })
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
