import Cognitron
import CognitronModels

// The cells of the neocognitrons.

extension LayerExports {
    static let neocognitron: [Rule] = [
        rule(SCellLayer.self, sCells), rule(CCellLayer.self, cCells), rule(ContrastLayer.self, contrast),
        rule(LabelledCells.self) { layer, export in
            let writer = export.writer
            let isOwn = Tensor(
                layer.labels.flatMap { label in (0..<layer.classCount).map { $0 == label ? 1 : 0 } },
                shape: [layer.labels.count, layer.classCount])
            let cells = writer.unsqueeze(export.input.channelsLast(writer), axes: [2])
            let own = writer.node("Mul", cells, writer.constant(isOwn))
            return export.output(writer.reduce("ReduceMax", own, axes: [1]))
        },
        rule(InterpolatingVectors.self, interpolation),
    ]

    private static func sCells(_ layer: SCellLayer, _ export: LayerExport) -> ExportedValue {
        let writer = export.writer
        let x = export.input.channelsFirst(writer)
        let pads: [String: NodeAttribute] = ["pads": .ints(Array(repeating: layer.padding, count: 4))]
        let e = writer.node(
            "Conv", x, export.weight(layer.parameters[0]) { $0.permuted([3, 2, 0, 1]) }, attributes: pads)
        let power = writer.sum(writer.node("Mul", x, x), axes: [1], keepingDimensions: true)
        let window = Tensor.cellWindow(layer.kernelSize, sigma: layer.sigma, channels: export.input.channels)
            .reshaped([1, 1, layer.kernelSize, layer.kernelSize])
        let v = writer.node("Sqrt", writer.node("Conv", power, writer.constant(window), attributes: pads))
        let u: String
        switch layer.inhibition {
        case .divisive(let r):
            let strength = export.weight(layer.parameters[1]) {
                ($0 * (2 * r / (1 + r))).reshaped([$0.count, 1, 1])
            }
            let below = writer.node("Add", writer.node("Mul", v, strength), writer.constant(1))
            let quotient = writer.node("Div", writer.node("Add", e, writer.constant(1)), below)
            u = writer.node(
                "Mul", writer.node("Relu", writer.node("Sub", quotient, writer.constant(1))),
                writer.constant(r))
        case .subtractive(let threshold):
            let rest = writer.node("Sub", e, writer.node("Mul", v, writer.constant(threshold)))
            u = writer.node("Div", writer.node("Relu", rest), writer.constant(1 - threshold))
        }
        return export.channelsFirstOutput(u)
    }

    private static func cCells(_ layer: CCellLayer, _ export: LayerExport) -> ExportedValue {
        let writer = export.writer
        let channels = export.input.channels
        let size = layer.kernelSize
        let window = Tensor.cellWindow(size, sigma: layer.sigma).broadcast(to: [channels, 1, size, size])
        func seen(_ x: String) -> String {
            writer.node(
                "Conv", x, writer.constant(window),
                attributes: [
                    "group": .int(channels), "strides": .ints([layer.strides, layer.strides]),
                    "pads": .ints([layer.before, layer.before, layer.after, layer.after]),
                ])
        }
        let x = export.input.channelsFirst(writer)
        switch layer.form {
        case .rootOfSquares:
            return export.channelsFirstOutput(writer.node("Sqrt", seen(writer.node("Mul", x, x))))
        case .lateral(let alpha):
            let s = seen(x)
            let one = writer.constant(1)
            let below = writer.node(
                "Add", writer.reduce("ReduceMean", s, axes: [1], keepingDimensions: true), one)
            let quotient = writer.node("Div", writer.node("Add", s, one), below)
            let z = writer.node("Relu", writer.node("Sub", quotient, one))
            return export.channelsFirstOutput(
                writer.node("Div", z, writer.node("Add", z, writer.constant(alpha))))
        }
    }

    private static func contrast(_ layer: ContrastLayer, _ export: LayerExport) -> ExportedValue {
        let writer = export.writer
        let (size, reach) = (layer.kernelSize, layer.kernelSize / 2)
        let window =
            Tensor.cellWindow(size, sigma: layer.centreSigma)
            - Tensor.cellWindow(size, sigma: layer.surroundSigma)
        let s = writer.node(
            "Conv", export.input.channelsFirst(writer), writer.constant(window.reshaped([1, 1, size, size])),
            attributes: ["pads": .ints([reach, reach, reach, reach])])
        let parts = [writer.node("Relu", s), writer.node("Relu", writer.node("Neg", s))]
        return export.channelsFirstOutput(writer.concat(parts, axis: 1))
    }

    /// The nearest of the references of each class, or of the segments between two of them.
    private static func interpolation(_ layer: InterpolatingVectors, _ export: LayerExport) -> ExportedValue {
        let writer = export.writer
        let x = export.input.channelsLast(writer)
        let references = layer.parameters[0].value
        let answers = (0..<layer.classCount).map { label -> String in
            let group = layer.labels.indices.filter { layer.labels[$0] == label }
            guard !group.isEmpty else {
                return writer.node(
                    "Mul", writer.sum(x, axes: [1], keepingDimensions: true), writer.constant(0))
            }
            return nearest(x, references.gathering(group, axis: 0), writer)
        }
        return export.output(writer.concat(answers, axis: 1))
    }

    /// (N, 1)
    private static func nearest(_ x: String, _ own: Tensor, _ writer: GraphWriter) -> String {
        let m = own.shape[0]
        let g = own.matmul(own, transposingOther: true)
        let pairs = Tensor((0..<m * m).map { $0 / m < $0 % m ? 1 : 0 }, shape: [m, m]) * (g .< 0.9999)
        let s = writer.node("MatMul", x, writer.constant(own.permuted([1, 0])))
        let (s1, s2) = (writer.unsqueeze(s, axes: [2]), writer.unsqueeze(s, axes: [1]))
        let cosines = writer.constant(g)
        let inside = writer.node(
            "And", writer.node("Greater", s1, writer.node("Mul", cosines, s2)),
            writer.node("Greater", s2, writer.node("Mul", cosines, s1)))
        let products = writer.node("Mul", writer.node("Mul", s1, s2), writer.constant(g * 2))
        let squares = writer.node("Add", writer.node("Mul", s1, s1), writer.node("Mul", s2, s2))
        let lengths = writer.node(
            "Sqrt",
            writer.node(
                "Relu",
                writer.node(
                    "Div", writer.node("Sub", squares, products), writer.constant((1 - g * g).maximum(1e-4))))
        )
        let segments = writer.node(
            "Mul", writer.node("Mul", writer.floats(inside), writer.constant(pairs)), lengths)
        let onSegments = writer.unsqueeze(writer.reduce("ReduceMax", segments, axes: [1, 2]), axes: [1])
        return writer.node(
            "Max", writer.reduce("ReduceMax", s, axes: [1], keepingDimensions: true), onSegments)
    }
}
