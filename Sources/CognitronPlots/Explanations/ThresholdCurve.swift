import Cognitron

/// How a score separates two kinds of samples, at every threshold.
///
///     let curve = ThresholdCurve(scores: [0.9, 0.8, 0.3], isPositive: [true, false, true])
///     curve.area                  // under the ROC curve
///     curve.averagePrecision
///
/// Samples of equal scores are counted together.
///
/// - Source: Fawcett, "An introduction to ROC analysis" (2006); scikit-learn's `roc_curve` and
///   `average_precision_score`.
public struct ThresholdCurve: Sendable {
    /// The shares of the negative and of the positive samples at or above each threshold, from (0, 0), the
    /// highest, to (1, 1).
    public let rates: [(falsePositive: Double, truePositive: Double)]

    /// Precision at each threshold but the first of `rates`, with the recall that it comes with.
    public let precisions: [(recall: Double, precision: Double)]

    /// The area under the ROC curve, by trapezoids: the probability that a positive sample has the higher
    /// score; NaN where there are no samples of one kind.
    public let area: Double

    /// Σ (recall[k] − recall[k − 1]) · precision[k]; NaN without positive samples.
    public let averagePrecision: Double

    /// - Parameters:
    ///   - scores: high for positive samples; those that are not finite count as lowest.
    ///   - isPositive: for each score.
    public init(scores: [Float], isPositive: [Bool]) {
        let known = scores.map { $0.isFinite ? $0 : -.infinity }
        let order = known.indices.sorted { (known[$0], $1) > (known[$1], $0) }
        let positives = Double(isPositive.count { $0 })
        let negatives = Double(isPositive.count) - positives
        var (rates, precisions) = (
            [(falsePositive: 0.0, truePositive: 0.0)], [(recall: Double, precision: Double)]()
        )
        var (hits, misses, area, average) = (0.0, 0.0, 0.0, 0.0)
        for (place, index) in order.enumerated() {
            if isPositive[index] { hits += 1 } else { misses += 1 }
            let isLast = place + 1 == order.count
            guard isLast || known[order[place + 1]] != known[index] else { continue }
            let before = rates[rates.count - 1]
            let now = (falsePositive: misses / max(negatives, 1), truePositive: hits / max(positives, 1))
            area += (now.falsePositive - before.falsePositive) * (now.truePositive + before.truePositive) / 2
            average += (now.truePositive - before.truePositive) * hits / (hits + misses)
            rates.append(now)
            precisions.append((now.truePositive, hits / (hits + misses)))
        }
        (self.rates, self.precisions) = (rates, precisions)
        self.area = positives > 0 && negatives > 0 ? area : .nan
        averagePrecision = positives > 0 ? average : .nan
    }

    /// The curves of each class against the others.
    ///
    /// - Parameters:
    ///   - predictions: (N, classes); one column is the score of class 1.
    ///   - labels: (N).
    static func ofClasses(_ predictions: Tensor, _ labels: Tensor) -> [(
        classIndex: Int, curve: ThresholdCurve
    )] {
        let (scores, truth, count) = (predictions.scalars, labels.scalars, predictions.shape[1])
        // Of two classes, one curve tells all.
        let classes = count == 1 ? [1] : (count == 2 ? [1] : Array(0..<count))
        return classes.map { classIndex in
            let column = min(classIndex, count - 1)
            return (
                classIndex,
                ThresholdCurve(
                    scores: truth.indices.map { scores[$0 * count + column] },
                    isPositive: truth.map { Int($0) == classIndex })
            )
        }
    }
}
