import Cognitron

extension KerasLayer {
    private static let flags: [KerasArgument] = [
        .argument("use_causal_mask", .flag), .argument("return_attention_scores", .flag),
    ]

    private static let heads: [KerasArgument] =
        ["dropout", "use_bias", "sliding_window"].map { KerasArgument.argument($0).inside("options") }
        + [KerasArgument.argument("use_gate", .flag).inside("options")]
        + (KerasArgument.rules("kernel") + KerasArgument.rules("bias")
        + [.argument("activity_regularizer", .regularizer)]).map { $0.inside("options", "rules") }

    private static func names(_ prefix: String) -> [String: String] {
        [
            "query": "\(prefix)query_dense", "key": "\(prefix)key_dense", "value": "\(prefix)value_dense",
            "gate": "\(prefix)gate_dense", "attention_output": "\(prefix)output_dense",
        ]
    }

    static let attention: [KerasLayer] = [
        KerasLayer(
            name: "Attention", standard: { Attention() },
            arguments: [.argument("use_scale"), .argument("score_mode"), .argument("dropout")],
            callArguments: flags),
        KerasLayer(
            name: "AdditiveAttention", standard: { AdditiveAttention() },
            arguments: [.argument("use_scale"), .argument("dropout")], callArguments: flags),
        KerasLayer(
            name: "MultiHeadAttention", standard: { MultiHeadAttention(numHeads: 1, keyDim: 1) },
            arguments: [
                .required("num_heads"), .required("key_dim"), .argument("value_dim"),
                .argument("output_shape", .list),
                KerasArgument.argument("attention_axes", .list).inside("options"),
            ] + heads, callArguments: flags.map { $0.inside("options") }, call: .positional,
            weights: Weights(children: names(""))),
        KerasLayer(
            name: "GroupQueryAttention",
            standard: { GroupQueryAttention(headDim: 1, numQueryHeads: 1, numKeyValueHeads: 1) },
            arguments: [
                .required("head_dim"), .required("num_query_heads"), .required("num_key_value_heads"),
            ] + heads, callArguments: flags.map { $0.inside("options") }, call: .positional,
            weights: Weights(children: names("_"))),
    ]
}
