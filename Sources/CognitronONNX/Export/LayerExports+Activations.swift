import Cognitron

extension LayerExports {
    static let activations: [Rule] = [
        rule(Activation.self) { try $1.activated($1.input, $0.activation) },
        rule(ELU.self) { try $1.activated($1.input, $0.activation) },
        rule(LeakyReLU.self) { try $1.activated($1.input, $0.activation) },
        rule(ReLU.self) { try $1.activated($1.input, $0.activation) },
        rule(Softmax.self, softmax),
        rule(PReLU.self) { layer, export in
            let slope = export.weight(layer.alpha)
            return export.output(
                export.writer.node("PRelu", export.input.channelsLast(export.writer), slope),
                mask: export.input.mask)
        },
    ]

    /// A softmax of scores, with a mask as second input or that of the input itself.
    private static func softmax(_ layer: Softmax, _ export: LayerExport) throws -> ExportedValue {
        let writer = export.writer
        let isKept: String
        if export.inputs.count == 2 {
            var mask = export.inputs[1].channelsLast(writer)
            let missing = export.input.rank - export.inputs[1].rank
            if missing > 0 { mask = writer.unsqueeze(mask, axes: Array(1...missing)) }
            isKept = writer.node("Greater", mask, writer.constant(0.5))
        } else if let mask = export.input.mask, export.input.rank == 2 {
            isKept = mask
        } else {
            return try export.activated(export.input, layer.activation)
        }
        let scores = writer.node("Where", isKept, export.input.channelsLast(writer), writer.constant(-1e9))
        let shares = writer.node("Softmax", scores, attributes: ["axis": .int(layer.axis)])
        return export.output(writer.node("Mul", shares, writer.floats(isKept)), mask: export.input.mask)
    }
}

extension LayerExport {
    /// A value with an activation function applied, in the layout that it has.
    func activated(_ value: ExportedValue, _ function: ActivationFunction) throws -> ExportedValue {
        guard function != .linear else { return value }
        if let glu = try ExportedFunction(function).gluAxis {
            let name = ExportedFunction.glu(value.channelsLast(writer), axis: glu, value, writer)
            return output(name, mask: value.mask)
        }
        let exported = try ExportedFunction(function)
        return try value.mapped(writer) { x in
            try exported.nodes(writer, x) { value.place(ofAxis: $0) }
        }
    }
}

/// An activation function as nodes.
struct ExportedFunction {
    let type: String
    let arguments: LayerArguments

    init(_ function: ActivationFunction) throws {
        let saved = try LayerArguments(function)
        type = saved.text("type") ?? ""
        arguments = saved["configuration"]
    }

    var gluAxis: Int? { type == "Glu" ? arguments.int("axis") ?? -1 : nil }

    static func glu(_ x: String, axis: Int, _ value: ExportedValue, _ writer: GraphWriter) -> String {
        let halves = writer.nodes("Split", [x], ["axis": .int(axis)], outputs: 2)
        return writer.node("Mul", halves[0], writer.node("Sigmoid", halves[1]))
    }

    /// - Parameter axis: the place of an axis in the layout of `x`.
    func nodes(_ w: GraphWriter, _ x: String, axis place: (Int) -> Int) throws -> String {
        func number(_ name: String, _ standard: Float) -> Float { arguments.float(name) ?? standard }
        func c(_ value: Float) -> String { w.constant(value) }
        func clip(_ x: String, _ low: Float, _ high: Float) -> String { w.node("Clip", x, c(low), c(high)) }
        switch type {
        case "Linear": return x
        case "Relu": return rectifier(w, x)
        case "LeakyRelu":
            return w.node("LeakyRelu", x, attributes: ["alpha": .float(number("negativeSlope", 0.2))])
        case "Elu": return w.node("Elu", x, attributes: ["alpha": .float(number("alpha", 1))])
        case "Celu": return w.node("Celu", x, attributes: ["alpha": .float(number("alpha", 1))])
        case "Selu": return w.node("Selu", x)
        case "Threshold":
            return w.node(
                "Where", w.node("Greater", x, c(number("threshold", 0))), x, c(number("defaultValue", 0)))
        case "HardShrink":
            return w.node("Shrink", x, attributes: ["lambd": .float(number("threshold", 0.5)), "bias": 0.0])
        case "SoftShrink":
            let threshold = number("threshold", 0.5)
            return w.node("Shrink", x, attributes: ["lambd": .float(threshold), "bias": .float(threshold)])
        case "HardTanh": return clip(x, -1, 1)
        case "HardSigmoid": return clip(w.node("Div", w.node("Add", x, c(3)), c(6)), 0, 1)
        case "HardSilu": return w.node("HardSwish", x)
        case "SparsePlus":
            let next = w.node("Add", x, c(1))
            let middle = w.node("Mul", w.node("Mul", next, next), c(0.25))
            let low = w.node("Where", w.node("LessOrEqual", x, c(-1)), c(0), middle)
            return w.node("Where", w.node("GreaterOrEqual", x, c(1)), x, low)
        case "SparseSigmoid": return clip(w.node("Mul", w.node("Add", x, c(1)), c(0.5)), 0, 1)
        case "Sigmoid": return w.node("Sigmoid", x)
        case "LogSigmoid": return w.node("Neg", w.node("Softplus", w.node("Neg", x)))
        case "Tanh": return w.node("Tanh", x)
        case "ScaledTanh": return w.node("Mul", w.node("Tanh", w.node("Mul", x, c(2 / 3))), c(1.7159))
        case "TanhShrink": return w.node("Sub", x, w.node("Tanh", x))
        case "Softplus": return w.node("Softplus", x)
        case "Softsign": return w.node("Softsign", x)
        case "Exponential": return w.node("Exp", x)
        case "Swish": return w.node("Mul", x, w.node("Sigmoid", x))
        case "Mish": return w.node("Mul", x, w.node("Tanh", w.node("Softplus", x)))
        case "Squareplus":
            let root = w.node("Sqrt", w.node("Add", w.node("Mul", x, x), c(number("b", 4))))
            return w.node("Mul", w.node("Add", x, root), c(0.5))
        case "Gelu": return arguments.bool("approximate") ? tangentGelu(w, x) : gelu(w, x)
        case "Softmax", "LogSoftmax":
            return w.node(type, x, attributes: ["axis": .int(place(arguments.int("axis") ?? -1))])
        default: throw ExportProblem("ONNX has no activation function \(type)")
        }
    }

    private func rectifier(_ w: GraphWriter, _ x: String) -> String {
        let (slope, threshold) = (arguments.float("negativeSlope") ?? 0, arguments.float("threshold") ?? 0)
        let maximum = arguments.float("maxValue")
        if threshold != 0 {
            let below = w.node(
                "Mul", w.node("Sub", x, w.constant(threshold)), w.constant(slope))
            let y = w.node("Where", w.node("Greater", x, w.constant(threshold)), x, below)
            guard let maximum else { return y }
            let isLarge = w.node("GreaterOrEqual", x, w.constant(maximum))
            return w.node("Where", isLarge, w.constant(maximum), y)
        }
        if slope == 0 {
            return maximum.map { w.node("Clip", x, w.constant(0), w.constant($0)) } ?? w.node("Relu", x)
        }
        let y = w.node("LeakyRelu", x, attributes: ["alpha": .float(slope)])
        return maximum.map { w.node("Min", y, w.constant($0)) } ?? y
    }

    /// x · (1 + erf(x / √2)) / 2, for opset 17 has no GELU.
    private func gelu(_ w: GraphWriter, _ x: String) -> String {
        let share = w.node(
            "Add", w.node("Erf", w.node("Mul", x, w.constant(Float(0.5).squareRoot()))), w.constant(1))
        return w.node("Mul", w.node("Mul", x, share), w.constant(0.5))
    }

    private func tangentGelu(_ w: GraphWriter, _ x: String) -> String {
        let cube = w.node("Mul", w.node("Mul", x, x), x)
        let inner = w.node(
            "Mul", w.node("Add", x, w.node("Mul", cube, w.constant(0.044_715))), w.constant(0.797_884_56))
        let share = w.node("Add", w.node("Tanh", inner), w.constant(1))
        return w.node("Mul", w.node("Mul", x, share), w.constant(0.5))
    }
}
