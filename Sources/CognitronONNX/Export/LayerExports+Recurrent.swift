import Cognitron

// Recurrent layers: time first, gates in ONNX's order.

extension LayerExports {
    static let recurrent: [Rule] = [
        rules(LSTM.self) { try sequence($0, $0.cell, $1) },
        rules(GRU.self) { try sequence($0, $0.cell, $1) },
        rules(SimpleRNN.self) { try sequence($0, $0.cell, $1) },
        rules(RNN.self) { try sequence($0, $0.cell, $1) },
        rules(LSTMCell.self) { try step($0, $1) }, rules(GRUCell.self) { try step($0, $1) },
        rules(SimpleRNNCell.self) { try step($0, $1) }, rules(StackedRNNCells.self) { try step($0, $1) },
        rules(Bidirectional.self, bidirectional),
        rule(TimeDistributed.self, timeDistributed),
        rules(ConvLSTM1D.self) { try ConvolutionalUnrolling($0.cell, $0.options, $1).outputs() },
        rules(ConvLSTM2D.self) { try ConvolutionalUnrolling($0.cell, $0.options, $1).outputs() },
        rules(AttentionLSTM.self) { try AttentionUnrolling($0, $1).outputs() },
    ]

    private static func sequence(
        _ layer: some RecurrentLayer, _ cell: any RecurrentCell, _ export: LayerExport
    ) throws -> [ExportedValue] {
        let run = try RecurrentRun(cell, layer.options, export, Array(export.inputs.dropFirst()))
        let output = export.output(run.output, mask: layer.options.returnSequences ? run.mask : nil)
        guard layer.options.returnState else { return [output] }
        return [output] + run.states.enumerated().map { export.output($1, $0 + 1) }
    }

    private static func bidirectional(_ layer: Bidirectional, _ export: LayerExport) throws -> [ExportedValue]
    {
        guard let backward = layer.backwardLayer else { throw ExportProblem("is not built") }
        let writer = export.writer
        let stateCount = layer.forwardLayer.stateCount
        let given = Array(export.inputs.dropFirst())
        func run(_ layer: any RecurrentLayer, _ states: [ExportedValue]) throws -> RecurrentRun {
            guard let cell = recurrentCell(of: layer) else { throw ExportProblem("its layer has no export") }
            var options = layer.options
            options.zeroOutputForMask = options.returnSequences
            return try RecurrentRun(cell, options, export, states)
        }
        let there = try run(layer.forwardLayer, Array(given.prefix(stateCount)))
        let back = try run(backward, Array(given.dropFirst(stateCount)))
        let isSequence = layer.forwardLayer.options.returnSequences
        // A run's outputs are in the order of its steps.
        let turned = isSequence ? writer.reversed(back.output, axis: 1) : back.output
        let mask = isSequence ? export.input.mask : nil
        let pair = [there.output, turned]
        let merged: [String] =
            switch layer.mergeMode {
            case .concat: [writer.concat(pair, axis: -1)]
            case .sum: [writer.node("Add", pair[0], pair[1])]
            case .mul: [writer.node("Mul", pair[0], pair[1])]
            case .ave: [writer.node("Div", writer.node("Add", pair[0], pair[1]), writer.constant(2))]
            case nil: pair
            }
        let outputs = merged.enumerated().map { export.output($1, $0, mask: mask) }
        guard layer.forwardLayer.options.returnState else { return outputs }
        return outputs
            + (there.states + back.states).enumerated().map { export.output($1, outputs.count + $0) }
    }

    private static func recurrentCell(of layer: any RecurrentLayer) -> (any RecurrentCell)? {
        switch layer {
        case let layer as LSTM: layer.cell
        case let layer as GRU: layer.cell
        case let layer as SimpleRNN: layer.cell
        case let layer as RNN: layer.cell
        default: nil
        }
    }

    /// The steps of all samples as one batch.
    private static func timeDistributed(_ layer: TimeDistributed, _ export: LayerExport) throws
        -> ExportedValue
    {
        let writer = export.writer
        let steps = (export.input.shapes.0.sample, export.input.shapes.1.sample)
        guard steps.0 == steps.1 else { throw ExportProblem("its steps have free axes") }
        let x = export.input.channelsLast(writer)
        let rows = ExportedValue(steps, channelsLast: writer.reshape(x, [-1] + Array(steps.0)))
        let shapes = export.outputShapes[0]
        let output = (shapes.0.sample, shapes.1.sample)
        let inner = try export.exporter.attempt(layer.layer, [rows], [output], path: "\(export.path)/layer")[
            0]
        let count = export.input.sizes[1]
        let sizes =
            count.map { writer.constant([-1, $0] + Array(output.0)) }
            ?? writer.concat([writer.shape(x, 0..<2), writer.constant(Array(output.0))], axis: 0)
        return export.output(
            writer.node("Reshape", inner.channelsLast(writer), sizes), mask: export.input.mask)
    }
}

extension GraphWriter {
    /// The last place of an axis first.
    func reversed(_ value: String, axis: Int) -> String {
        node(
            "Slice", value, constant([-1]), constant([-Int(Int32.max)]), constant([axis]), constant([-1]))
    }
}
