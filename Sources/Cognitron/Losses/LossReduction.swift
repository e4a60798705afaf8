import CognitronKernels

extension Loss {
    /// How the losses of a batch become one number. (Keras's `none`, no reduction, is `losses(_:_:)`.)
    ///
    /// - Source: Keras `Loss`, argument `reduction`.
    public enum Reduction: String, Sendable {
        /// The mean over all losses: each times its weight, over their count.
        case sumOverBatchSize = "sum_over_batch_size"
        /// The sum of the losses times their weights.
        case sum
        /// The weighted mean: each times its weight, over the sum of the weights.
        case meanWithSampleWeight = "mean_with_sample_weight"

        /// Keras's other name of `sumOverBatchSize`.
        public static let mean = Reduction.sumOverBatchSize

        /// The weights of losses of this shape, and what their sum is divided by.
        ///
        /// - Parameter mask: which losses count. A mean is over those, as in Keras.
        func weighting(_ sampleWeight: Tensor?, _ mask: Tensor?, _ losses: Shape) -> (
            weights: Tensor?, divisor: Float
        ) {
            let mask = mask.map { self == .sumOverBatchSize ? $0.scaledToMean() : $0 }
            let count = Float(max(1, losses.elementCount))
            guard var weights = mask.map({ $0.weighted(by: sampleWeight) }) ?? sampleWeight else {
                return (nil, self == .sum ? 1 : count)
            }
            if weights.rank > losses.rank {
                // Of a loss of whole samples the weights of their rows are the mean, as in Keras.
                weights = weights.mean(axes: Array(losses.rank..<weights.rank))
            }
            require(
                weights.shape.elementsEqual(losses.prefix(weights.rank)),
                "sample weights of shape \(weights.shape) for losses of shape \(losses)")
            switch self {
            case .sum: return (weights, 1)
            case .sumOverBatchSize: return (weights, count)
            case .meanWithSampleWeight:
                let total = weights.sum() * (count / Float(max(1, weights.count)))
                // Of nothing the mean is 0.
                return (weights, total == 0 ? .infinity : total)
            }
        }
    }
}

extension Tensor {
    /// A mask times the number that makes its mean 1; as it is where it masks everything.
    fileprivate func scaledToMean() -> Tensor {
        let counting = sum()
        return counting > 0 ? self * (Float(count) / counting) : self
    }
}
