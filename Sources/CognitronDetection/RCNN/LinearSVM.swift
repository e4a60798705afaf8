import Cognitron

/// A linear support vector machine: what tells samples of a class from all others.
///
///     minimise ½ ‖w‖² + C Σ max(0, 1 − y (w · x + b))
///
/// By dual coordinate descent, one sample at a time in an order that the seed gives; the bias is the weight
/// of a further feature that is 1.
///
/// - Source: Hsieh et al., "A Dual Coordinate Descent Method for Large-scale Linear SVM" (2008), as in
///   liblinear.
public struct LinearSVM: Sendable {
    /// (features).
    public private(set) var weights: [Float]
    public private(set) var bias: Float = 0

    /// - Parameters:
    ///   - features: (N, features).
    ///   - isPositive: for each sample, whether it belongs to the class.
    ///   - c: what a sample on the wrong side costs.
    ///   - passes: the most passes over the samples; the descent ends where no sample's gradient, as far as
    ///     its multiplier may move, is above 0.001.
    public init(
        _ features: Tensor, isPositive: [Bool], c: Float = 1, passes: Int = 50, seed: UInt64 = 1
    ) {
        precondition(
            features.rank == 2 && features.shape[0] == isPositive.count && c > 0,
            "SVM of features \(features.shape) with \(isPositive.count) classes and C = \(c)")
        let (count, width) = (features.shape[0], features.shape[1])
        let x = features.scalars
        weights = Array(repeating: 0, count: width)
        let squares = (0..<count).map { sample in
            x[sample * width..<(sample + 1) * width].reduce(1) { $0 + $1 * $1 }
        }
        var multipliers = [Float](repeating: 0, count: count)
        var order = Array(0..<count)
        var generator = RandomKey(seed: seed).folding("svm").generator()
        for _ in 0..<passes {
            order.shuffle(using: &generator)
            var largestGradient: Float = 0
            for sample in order {
                let sign: Float = isPositive[sample] ? 1 : -1
                let row = sample * width
                var margin = bias
                for k in 0..<width { margin += weights[k] * x[row + k] }
                let gradient = sign * margin - 1
                let change =
                    min(max(multipliers[sample] - gradient / squares[sample], 0), c) - multipliers[sample]
                guard change != 0 else { continue }
                multipliers[sample] += change
                largestGradient = max(largestGradient, abs(gradient))
                for k in 0..<width { weights[k] += change * sign * x[row + k] }
                bias += change * sign
            }
            if largestGradient <= 0.001 { break }
        }
    }

    /// The signed distance of each sample (N, features) from the boundary, in units of the margin.
    public func margins(_ features: Tensor) -> [Float] {
        (features.matmul(Tensor(weights, shape: [weights.count, 1])) + bias).scalars
    }
}
