import Cognitron
import Foundation

extension LayerExports {
    static let positions: [Rule] = [
        rule(PositionEmbedding.self) { layer, export in
            let table = export.weight(layer.positionEmbeddings)
            return try spread(export, of: layer.sequenceLength - layer.startIndex) { writer, steps in
                writer.slice(table, axis: 0, layer.startIndex..<layer.startIndex + steps)
            } dynamic: { writer, steps in
                let end = writer.node("Add", steps, writer.constant([layer.startIndex]))
                return writer.node(
                    "Slice", table, writer.constant([layer.startIndex]), end, writer.constant([0]))
            }
        },
        rule(SinePositionEncoding.self, waves),
        rule(RotaryEmbedding.self, rotary),
    ]

    /// Rows of a table, the same for every sample.
    private static func spread(
        _ export: LayerExport, of count: Int, fixed: (GraphWriter, Int) -> String,
        dynamic: (GraphWriter, String) -> String
    ) throws -> ExportedValue {
        let writer = export.writer
        let axis = export.input.rank - 2
        let x = export.input.channelsLast(writer)
        let rows =
            export.input.sizes[axis].map { fixed(writer, $0) }
            ?? dynamic(writer, writer.shape(x, axis..<axis + 1))
        return export.output(broadcast(export, rows), mask: export.input.mask)
    }

    /// Sines beside cosines; of a free length they are computed in the graph.
    private static func waves(_ layer: SinePositionEncoding, _ export: LayerExport) -> ExportedValue {
        let writer = export.writer
        if let shape = export.input.fixedShape {
            // They do not depend on the input's numbers: the layer's own output for one sample.
            let waves = layer.forward(.zeros(shape.batched(1)), .inference).output
            return export.output(broadcast(export, writer.constant(waves)), mask: export.input.mask)
        }
        let axis = export.input.rank - 2
        let channels = export.input.channels
        let count = writer.squeeze(
            writer.shape(export.input.channelsLast(writer), axis..<axis + 1), axes: [0])
        let steps = writer.node(
            "Range", writer.constant([0], shape: []), count, writer.constant([1], shape: []))
        let positions = writer.node("Add", writer.floats(steps), writer.constant(Float(layer.startIndex)))
        let frequencies = (0..<(channels + 1) / 2).map {
            Foundation.exp(-Foundation.log(layer.maxWavelength) * Float(2 * $0) / Float(channels))
        }
        let angles = writer.node(
            "Mul", writer.unsqueeze(positions, axes: [1]), writer.constant(Tensor(frequencies)))
        let pairs = ["Sin", "Cos"].map { writer.unsqueeze(writer.node($0, angles), axes: [2]) }
        let rows = writer.reshape(writer.concat(pairs, axis: 2), [0, -1])
        return export.output(
            broadcast(export, writer.slice(rows, axis: 1, 0..<channels)), mask: export.input.mask)
    }

    private static func broadcast(_ export: LayerExport, _ rows: String) -> String {
        let writer = export.writer
        return writer.node("Expand", rows, writer.shape(export.input.channelsLast(writer)))
    }

    /// The two halves of the features turned by angles, which the layer gives for features of ones and zeros.
    private static func rotary(_ layer: RotaryEmbedding, _ export: LayerExport) throws -> ExportedValue {
        guard let shape = export.input.fixedShape else {
            throw ExportProblem("its angles depend on a free axis; give the input a fixed length")
        }
        let writer = export.writer
        let rank = export.input.rank
        let axis = layer.featureAxis < 0 ? layer.featureAxis + rank : layer.featureAxis
        let half = shape[axis - 1] / 2
        let sample = shape.batched(1)
        // Of first halves 1 and second halves 0 it makes cosines and sines.
        let ones = Tensor.concatenated(
            [
                Tensor.ones(sample).slice(axis: axis, 0..<half),
                Tensor.zeros(sample).slice(axis: axis, 0..<half),
            ],
            axis: axis)
        let turned = layer.forward(ones, .inference).output.split([half, half], axis: axis)
        let (cosine, sine) = (writer.constant(turned[0]), writer.constant(turned[1]))
        let parts = writer.nodes(
            "Split", [export.input.channelsLast(writer)], ["axis": .int(axis)], outputs: 2)
        let first = writer.node(
            "Sub", writer.node("Mul", parts[0], cosine), writer.node("Mul", parts[1], sine))
        let second = writer.node(
            "Add", writer.node("Mul", parts[1], cosine), writer.node("Mul", parts[0], sine))
        return export.output(writer.concat([first, second], axis: axis), mask: export.input.mask)
    }
}
