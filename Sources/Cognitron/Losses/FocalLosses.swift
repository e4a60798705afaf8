import CognitronKernels

// Cross-entropies in which rows that are predicted well count less: Lin et al., "Focal Loss for Dense Object
// Detection" (2017).

extension Loss {
    /// mean (1 − pₜ)²·(binary cross-entropy), pₜ the probability of what is right.
    public static let binaryFocalCrossentropy = binaryFocalCrossentropy()

    /// mean αₜ·(1 − pₜ)^gamma·(binary cross-entropy), pₜ being p for a target of 1 and 1 − p for 0.
    ///
    /// - Parameters:
    ///   - applyClassBalancing: whether targets of 1 count `alpha` and targets of 0 count 1 − `alpha`;
    ///     otherwise all count 1.
    ///   - alpha: from 0 to 1.
    ///   - gamma: at least 0, where this is the binary cross-entropy.
    ///   - fromLogits: whether predictions are logits, whose sigmoid are the probabilities.
    ///   - labelSmoothing, axis: as those of `binaryCrossentropy`.
    public static func binaryFocalCrossentropy(
        applyClassBalancing: Bool = false, alpha: Float = 0.25, gamma: Float = 2, fromLogits: Bool = false,
        labelSmoothing: Float = 0, axis: Int = -1, reduction: Reduction = .sumOverBatchSize
    ) -> Loss {
        let (name, weight) = ("binary_focal_crossentropy", applyClassBalancing ? alpha : nil)
        return Loss(
            name, .values, .sigmoid, fromLogits, labelSmoothing, axis, reduction,
            probabilities: LossRows.binaryFocalFromProbabilities(gamma: gamma, alpha: weight),
            logits: LossRows.binaryFocalFromLogits(gamma: gamma, alpha: weight),
            problem: .share(name, "alpha", alpha) ?? .notNegative(name, "gamma", gamma)
        ) { LossRows.smoothed($0, by: labelSmoothing, isBinary: true) }
    }

    /// −¼·Σ t·(1 − p)²·ln p
    public static let categoricalFocalCrossentropy = categoricalFocalCrossentropy()

    /// −alpha·Σ t·(1 − p)^gamma·ln p of probabilities p and one-hot targets t.
    ///
    /// - Parameters:
    ///   - alpha: a factor of the whole, at least 0.
    ///   - gamma: at least 0, where this is alpha times the cross-entropy.
    ///   - fromLogits: whether predictions are logits, whose softmax are the probabilities.
    ///   - labelSmoothing, axis: as those of `categoricalCrossentropy`.
    public static func categoricalFocalCrossentropy(
        alpha: Float = 0.25, gamma: Float = 2, fromLogits: Bool = false, labelSmoothing: Float = 0,
        axis: Int = -1, reduction: Reduction = .sumOverBatchSize
    ) -> Loss {
        let name = "categorical_focal_crossentropy"
        return Loss(
            name, .values, .softmax, fromLogits, labelSmoothing, axis, reduction,
            probabilities: LossRows.categoricalFocalFromProbabilities(gamma: gamma, alpha: alpha),
            logits: LossRows.categoricalFocalFromLogits(gamma: gamma, alpha: alpha),
            problem: .notNegative(name, "alpha", alpha) ?? .notNegative(name, "gamma", gamma)
        ) { LossRows.smoothed($0, by: labelSmoothing, isBinary: false) }
    }
}
