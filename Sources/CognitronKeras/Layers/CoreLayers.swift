import Cognitron

extension KerasLayer {
    private static let denseRules: [KerasArgument] =
        .rules("kernel") + .rules("bias") + [.argument("activation", .activation)]

    static let core: [KerasLayer] = [
        layer(
            "Dense", { Dense(1) },
            [.required("units"), .argument("use_bias"), .argument("activity_regularizer", .regularizer)]
                + denseRules),
        layer(
            "EinsumDense", { EinsumDense("ab,bc->ac", outputShape: [1]) },
            [
                .required("equation"), .required("output_shape", .list), .argument("bias_axes"),
                .argument("activity_regularizer", .regularizer),
            ] + denseRules),
        layer(
            "Embedding", { Embedding(1, 1) },
            [.required("input_dim"), .required("output_dim"), .argument("mask_zero")] + .rules("embeddings")),
        layer(
            "ReversibleEmbedding", { ReversibleEmbedding(1, 1) },
            ([.required("input_dim"), .required("output_dim"), .argument("mask_zero")]
                + .rules("embeddings")).map { $0.inside("embedding") }
                + [.argument("tie_weights"), .argument("logit_soft_cap")]),
        layer("Identity", { Identity() }),
        layer("Masking", { Masking() }, [.argument("mask_value")]),
    ]

    static let activations: [KerasLayer] = [
        layer("Activation", { Activation(.linear) }, [.required("activation", .activation)]),
        layer("ELU", { ELU() }, [.argument("alpha")]),
        layer("LeakyReLU", { LeakyReLU() }, [.argument("negative_slope")]),
        layer("PReLU", { PReLU() }, .rules("alpha") + [.argument("shared_axes")]),
        layer(
            "ReLU", { ReLU() },
            [.argument("max_value"), .argument("negative_slope"), .argument("threshold")]),
        layer("Softmax", { Softmax() }, [.argument("axis")]),
    ]
}

extension [KerasArgument] {
    static func rules(_ name: String) -> [KerasArgument] { KerasArgument.rules(name) }
}
