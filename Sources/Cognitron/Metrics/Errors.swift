import CognitronKernels
import Foundation

// Losses as metrics, and other means of errors and likenesses. `MeanMetric(loss)` makes a metric of any loss.

extension Metric where Self == MeanMetric {
    /// The mean of (prediction − target)².
    public static var meanSquaredError: MeanMetric { MeanMetric(.meanSquaredError) }
    /// The mean of |prediction − target|.
    public static var meanAbsoluteError: MeanMetric { MeanMetric(.meanAbsoluteError) }
    /// 100 · the mean of |prediction − target| / |target|.
    public static var meanAbsolutePercentageError: MeanMetric { MeanMetric(.meanAbsolutePercentageError) }
    /// The mean of (ln(1 + prediction) − ln(1 + target))².
    public static var meanSquaredLogarithmicError: MeanMetric { MeanMetric(.meanSquaredLogarithmicError) }
    /// The mean of ln cosh(prediction − target).
    public static var logCoshError: MeanMetric { MeanMetric(.logCosh, name: "logcosh") }
    /// The mean of prediction − target·ln prediction.
    public static var poisson: MeanMetric { MeanMetric(.poisson) }
    /// The mean Kullback-Leibler divergence Σ t·ln(t / p).
    public static var klDivergence: MeanMetric { MeanMetric(.klDivergence) }
    /// The mean of max(1 − target·prediction, 0).
    public static var hinge: MeanMetric { MeanMetric(.hinge) }
    /// The mean of max(1 − target·prediction, 0)².
    public static var squaredHinge: MeanMetric { MeanMetric(.squaredHinge) }
    /// The mean of max(1 + the largest wrong output − the right one, 0).
    public static var categoricalHinge: MeanMetric { MeanMetric(.categoricalHinge) }

    /// The mean binary cross-entropy.
    public static var binaryCrossentropy: MeanMetric { binaryCrossentropy() }
    public static func binaryCrossentropy(fromLogits: Bool = false, labelSmoothing: Float = 0) -> MeanMetric {
        MeanMetric(.binaryCrossentropy(fromLogits: fromLogits, labelSmoothing: labelSmoothing))
    }

    /// The mean cross-entropy of one-hot targets.
    public static var categoricalCrossentropy: MeanMetric { categoricalCrossentropy() }
    public static func categoricalCrossentropy(
        fromLogits: Bool = false, labelSmoothing: Float = 0, axis: Int = -1
    ) -> MeanMetric {
        MeanMetric(
            .categoricalCrossentropy(fromLogits: fromLogits, labelSmoothing: labelSmoothing, axis: axis))
    }

    /// The mean cross-entropy of class numbers, over rows that are not of `ignoreClass`.
    public static var sparseCategoricalCrossentropy: MeanMetric { sparseCategoricalCrossentropy() }
    public static func sparseCategoricalCrossentropy(
        fromLogits: Bool = false, ignoreClass: Int? = nil, axis: Int = -1
    ) -> MeanMetric {
        MeanMetric(
            .sparseCategoricalCrossentropy(fromLogits: fromLogits, ignoreClass: ignoreClass, axis: axis))
    }

    /// The mean cross-entropy of class numbers in bits: what a language model needs for a token.
    public static var bits: MeanMetric { bits() }
    public static func bits(fromLogits: Bool = false) -> MeanMetric {
        MeanMetric(
            .sparseCategoricalCrossentropy(fromLogits: fromLogits), name: "bits", scaledBy: 1 / log(2))
    }

    /// The square root of the mean of (prediction − target)² over everything.
    public static var rootMeanSquaredError: MeanMetric {
        let name = "root_mean_squared_error"
        return MeanMetric(
            name, .minimize, check: MeanMetric.shapes(name, takesClassNumbers: false),
            finish: { ($0 / $1).squareRoot() }, byRow: MetricRows.loss(LossRows.squaredError))
    }

    /// The mean cosine of the angle between prediction and target: 1 for the same direction. (The loss
    /// has the other sign.)
    public static var cosineSimilarity: MeanMetric { cosineSimilarity() }
    /// - Parameter axis: the axis along which a vector lies.
    public static func cosineSimilarity(axis: Int = -1) -> MeanMetric {
        likeness("cosine_similarity", axis, MetricRows.loss(LossRows.cosineSimilarity)) { -$0 / $1 }
    }

    /// The mean over samples of Pearson's correlation of prediction and target; NaN where either is constant.
    public static var pearsonCorrelation: MeanMetric { pearsonCorrelation() }
    /// - Parameter axis: the axis along which numbers are correlated; 0 for those of a batch.
    public static func pearsonCorrelation(axis: Int = -1) -> MeanMetric {
        likeness("pearson_correlation", axis, MetricRows.pearson)
    }

    /// The mean over samples of Lin's concordance of prediction and target: a correlation that also asks for
    /// equal means and variances.
    public static var concordanceCorrelation: MeanMetric { concordanceCorrelation() }
    /// - Parameter axis: the axis along which numbers are correlated; 0 for those of a batch.
    public static func concordanceCorrelation(axis: Int = -1) -> MeanMetric {
        likeness("concordance_correlation", axis, MetricRows.concordance)
    }

    /// A metric of vectors along an axis.
    private static func likeness(
        _ name: String, _ axis: Int, _ value: @escaping MetricRows.Value,
        finish: @escaping MeanMetric.Finish = { $0 / $1 }
    ) -> MeanMetric {
        MeanMetric(
            name, .maximize,
            check: { target, output in
                let error =
                    CognitronError.misfit(name, output, target.shape, takesClassNumbers: false)
                    ?? .beyond(name, "axis", axis < 0 ? -axis - 1 : axis, output.rank - 1)
                if let error { throw error }
            }, finish: finish
        ) { prediction, target, weights in
            /// With vectors along the last axis; one vector is a row.
            func rows(_ x: Tensor) -> Tensor {
                let moved = x.reshaped(prediction.shape).movingAxisToEnd(axis)
                return moved.rank == 1 ? moved.reshaped([1, moved.count]) : moved
            }
            return RowSums.mean(value, rows(prediction), rows(target), weights)
        }
    }

    /// The mean of the outputs, whatever the targets. `update(_:weights:)` takes numbers of one's own.
    public static var mean: MeanMetric {
        MeanMetric("mean", .unknown) { values, _, weights in
            RowSums.mean(MetricRows.mean, values, values, weights)
        }
    }

    /// The sum of the outputs, whatever the targets. `update(_:weights:)` takes numbers of one's own.
    public static var sum: MeanMetric {
        MeanMetric("sum", .unknown, finish: { sum, _ in sum }) { values, _, weights in
            RowSums.mean(MetricRows.sum, values, values, weights)
        }
    }
}

extension MeanMetric {
    /// Takes in numbers, for metrics that look at no targets.
    ///
    ///     var mean = MeanMetric.mean
    ///     mean.update([1, 3, 5, 7])
    ///     mean.result                                         // 4
    public mutating func update(_ values: Tensor, weights: Tensor? = nil) {
        update(values, values, weights: weights)
    }
}
