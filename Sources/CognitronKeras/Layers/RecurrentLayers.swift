import Cognitron

extension KerasLayer {
    private static let sequence: [KerasArgument] = [
        "return_sequences", "return_state", "go_backwards", "stateful", "zero_output_for_mask",
    ].map { KerasArgument.argument($0).inside("options") }

    /// The arguments of a cell; `ownUnits` is what its units are called there.
    private static func cell(_ units: String, gates: Bool) -> [KerasArgument] {
        ([
            .required(units, own: "units"), .argument("activation", .activation), .argument("use_bias"),
            .argument("dropout"), .argument("recurrent_dropout"),
        ] + (gates ? [.argument("recurrent_activation", .activation)] : []) + .rules("kernel")
            + .rules("recurrent") + .rules("bias")).map { $0.inside("configuration") }
    }

    private static let simple = cell("units", gates: false)
    private static let long = cell("units", gates: true) + [.argument("unit_forget_bias")]
    private static let gated = cell("units", gates: true) + [.argument("reset_after")]

    private static func unit(
        _ name: String, _ cell: [KerasArgument],
        _ standard: @escaping @Sendable () -> any AnyLayer & Encodable
    ) -> KerasLayer {
        KerasLayer(
            name: name, standard: standard, arguments: cell.map { $0.inside("cell") } + sequence,
            call: .states, weights: Weights(owner: "cell"))
    }

    private static func convolutional(
        _ name: String, _ rank: Int, _ standard: @escaping @Sendable () -> any AnyLayer & Encodable
    ) -> KerasLayer {
        let window: [KerasArgument] = [
            .required("kernel_size", .window(rank)), .argument("strides", .window(rank)),
            .argument("padding", .padding), .argument("dilation_rate", .window(rank)),
            .argument("unit_forget_bias"),
        ]
        return KerasLayer(
            name: name, standard: standard,
            arguments: (cell("filters", gates: true) + window).map { $0.inside("cell") } + sequence,
            fixed: [channelsLast], call: .states, weights: Weights(owner: "cell"))
    }

    static let recurrent: [KerasLayer] = [
        unit("SimpleRNN", simple) { SimpleRNN(1) }, unit("LSTM", long) { LSTM(1) },
        unit("GRU", gated) { GRU(1) }, layer("SimpleRNNCell", { SimpleRNNCell(1) }, simple),
        layer("LSTMCell", { LSTMCell(1) }, long), layer("GRUCell", { GRUCell(1) }, gated),
        convolutional("ConvLSTM1D", 1) { ConvLSTM1D(1, kernelSize: 1) },
        convolutional("ConvLSTM2D", 2) { ConvLSTM2D(1, kernelSize: 1) },
        KerasLayer(
            name: "RNN", standard: { RNN(SimpleRNNCell(1)) }, arguments: sequence,
            inner: [Inner(name: "cell", own: "cell", child: "cell")], call: .states),
        KerasLayer(
            name: "StackedRNNCells", standard: { StackedRNNCells([SimpleRNNCell(1)]) },
            inner: [Inner(name: "cells", own: "cells", child: nil)], weights: Weights(container: "cells")),
        KerasLayer(
            name: "Bidirectional", standard: { Bidirectional(SimpleRNN(1)) },
            arguments: [.argument("merge_mode")],
            inner: [
                Inner(name: "layer", own: "layer", child: "forward_layer"),
                Inner(
                    name: "backward_layer", own: "backwardLayer", child: "backward_layer", isOptional: true),
            ], call: .states),
        KerasLayer(
            name: "TimeDistributed", standard: { TimeDistributed(Identity()) },
            inner: [Inner(name: "layer", own: "layer", child: "layer")]),
    ]
}
