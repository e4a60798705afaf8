import CognitronKernels

// How often predictions are right.

extension Metric where Self == MeanMetric {
    /// The share of right answers: the largest output is the target's class (a number or one-hot); of outputs
    /// that are trained with binary cross-entropy, and of a single output, whether each is on the target's
    /// side of one half.
    public static var accuracy: MeanMetric {
        share(
            "accuracy", MetricRows.categoricalMatch,
            adapt: { $0.isBinary ? share("accuracy", MetricRows.binaryMatch($0.logitThreshold)) : nil })
    }

    /// The share of outputs that equal their targets exactly. (Keras's class `Accuracy`; there the word
    /// `"accuracy"` means what `.accuracy` means here.)
    public static var exactAccuracy: MeanMetric {
        share("exact_accuracy", MetricRows.equality, takesClassNumbers: false)
    }

    /// The share of outputs on the target's side of one half.
    public static var binaryAccuracy: MeanMetric { binaryAccuracy() }

    /// The share of outputs above `threshold` where the target is 1, and not where it is 0.
    ///
    /// - Parameter threshold: 0 for logits; by default what the loss says, else one half.
    public static func binaryAccuracy(threshold: Float? = nil) -> MeanMetric {
        let name = "binary_accuracy"
        return share(
            name, MetricRows.binaryMatch(threshold ?? 0.5),
            adapt: {
                threshold == nil && $0.isBinary
                    ? share(name, MetricRows.binaryMatch($0.logitThreshold)) : nil
            })
    }

    /// The share of rows whose largest output is that of the one-hot target.
    public static var categoricalAccuracy: MeanMetric {
        share("categorical_accuracy", MetricRows.categoricalMatch)
    }

    /// The share of rows whose largest output is that of the target's class number.
    public static var sparseCategoricalAccuracy: MeanMetric {
        share("sparse_categorical_accuracy", MetricRows.categoricalMatch)
    }

    /// The share of answers whose right class is among the `k` largest outputs; targets are class numbers or
    /// one-hot.
    public static func topKAccuracy(k: Int = 5) -> MeanMetric { topK("top_\(k)_accuracy", k) }

    /// The share of answers whose right class, one-hot, is among the five largest outputs.
    public static var topKCategoricalAccuracy: MeanMetric { topKCategoricalAccuracy() }

    /// `topKAccuracy` under Keras's name.
    public static func topKCategoricalAccuracy(k: Int = 5) -> MeanMetric {
        topK("top_k_categorical_accuracy", k)
    }

    /// The share of answers whose right class number is among the five largest outputs.
    public static var sparseTopKCategoricalAccuracy: MeanMetric { sparseTopKCategoricalAccuracy() }

    /// `topKAccuracy` under Keras's name.
    ///
    /// - Parameter fromSortedIds: whether outputs are class numbers, the likeliest first, not their
    ///   probabilities.
    public static func sparseTopKCategoricalAccuracy(k: Int = 5, fromSortedIds: Bool = false) -> MeanMetric {
        topK("sparse_top_k_categorical_accuracy", k, fromSortedIds: fromSortedIds)
    }

    private static func topK(_ name: String, _ k: Int, fromSortedIds: Bool = false) -> MeanMetric {
        MeanMetric(
            name, .maximize, problem: .atLeast(name, "k", k, 1),
            check: { target, output in
                let error =
                    CognitronError.misfit(name, output, target.shape, takesClassNumbers: true)
                    ?? .beyond(name, "k", k, output.last ?? 1)
                if let error { throw error }
            },
            byRow: fromSortedIds ? MetricRows.sortedTopK(k) : MetricRows.topK(k))
    }

    private static func share(
        _ name: String, _ value: @escaping MetricRows.Value, takesClassNumbers: Bool = true,
        adapt: (@Sendable (Loss) -> MeanMetric?)? = nil
    ) -> MeanMetric {
        MeanMetric(
            name, .maximize, check: MeanMetric.shapes(name, takesClassNumbers: takesClassNumbers),
            adapt: adapt,
            byRow: value)
    }
}

extension MeanMetric {
    /// Throws where targets are not of the output's shape (or class numbers).
    static func shapes(_ name: String, takesClassNumbers: Bool) -> Check {
        { target, output in
            let error = CognitronError.misfit(
                name, output, target.shape, takesClassNumbers: takesClassNumbers)
            if let error { throw error }
        }
    }
}
