import CognitronKernels

// Losses of numbers that should be near each other: means over the last axis.

extension Loss {
    /// mean (prediction − target)²
    public static let meanSquaredError = meanSquaredError()
    public static func meanSquaredError(reduction: Reduction = .sumOverBatchSize) -> Loss {
        Loss("mean_squared_error", LossRows.squaredError, reduction)
    }

    /// mean |prediction − target|
    public static let meanAbsoluteError = meanAbsoluteError()
    public static func meanAbsoluteError(reduction: Reduction = .sumOverBatchSize) -> Loss {
        Loss("mean_absolute_error", LossRows.absoluteError, reduction)
    }

    /// 100 · mean |prediction − target| / max(|target|, 10⁻⁷)
    public static let meanAbsolutePercentageError = meanAbsolutePercentageError()
    public static func meanAbsolutePercentageError(reduction: Reduction = .sumOverBatchSize) -> Loss {
        Loss("mean_absolute_percentage_error", LossRows.absolutePercentageError, reduction)
    }

    /// mean (ln(1 + prediction) − ln(1 + target))², both raised to 10⁻⁷ first: an error of ratios.
    public static let meanSquaredLogarithmicError = meanSquaredLogarithmicError()
    public static func meanSquaredLogarithmicError(reduction: Reduction = .sumOverBatchSize) -> Loss {
        Loss("mean_squared_logarithmic_error", LossRows.squaredLogarithmicError, reduction)
    }

    /// mean of ½d² where |d| ≤ 1, and of |d| − ½ beyond: Huber, "Robust Estimation of a Location Parameter"
    /// (1964).
    public static let huber = huber()

    /// mean of ½d² where |d| ≤ delta, and of delta·(|d| − ½delta) beyond.
    public static func huber(delta: Float = 1, reduction: Reduction = .sumOverBatchSize) -> Loss {
        let name = "huber_loss"
        return Loss(
            name, LossRows.huber(delta), reduction,
            problem: .positive(name, "delta", delta))
    }

    /// mean ln cosh(prediction − target): ½d² near 0, |d| − ln 2 far away, smooth everywhere.
    public static let logCosh = logCosh()
    public static func logCosh(reduction: Reduction = .sumOverBatchSize) -> Loss {
        Loss("log_cosh", LossRows.logCosh, reduction)
    }

    /// mean (prediction − target·ln(prediction + 10⁻⁷)), of counts and their expected values.
    public static let poisson = poisson()
    public static func poisson(reduction: Reduction = .sumOverBatchSize) -> Loss {
        Loss("poisson", LossRows.poisson, reduction)
    }

    /// −cos of the angle between prediction and target: from −1, the same direction, to 1.
    public static let cosineSimilarity = cosineSimilarity()

    /// - Parameter axis: the axis along which a vector lies.
    public static func cosineSimilarity(axis: Int = -1, reduction: Reduction = .sumOverBatchSize) -> Loss {
        Loss("cosine_similarity", LossRows.cosineSimilarity, reduction, axis: axis)
    }
}
