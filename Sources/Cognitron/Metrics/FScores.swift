import CognitronKernels

/// How `f1Score` and `fBetaScore` make one number of those of all classes.
public enum FScoreAverage: String, Sendable {
    /// From the counts of all classes together.
    case micro
    /// The mean over the classes.
    case macro
    /// The mean over the classes, each times its share of the targets.
    case weighted
}

extension Metric where Self == RowMetric {
    /// The harmonic mean of precision and recall, of each class.
    public static var f1Score: RowMetric { f1Score() }

    /// 2·precision·recall / (precision + recall)
    ///
    /// - Parameters:
    ///   - average, threshold: as those of `fBetaScore`.
    public static func f1Score(average: FScoreAverage? = nil, threshold: Float? = nil) -> RowMetric {
        fBetaScore(average: average, threshold: threshold).named("f1_score")
    }

    /// The F-score with recall as important as precision, of each class.
    public static var fBetaScore: RowMetric { fBetaScore() }

    /// (1 + beta²)·precision·recall / (beta²·precision + recall)
    ///
    /// - Parameters:
    ///   - average: how the scores of the classes become one; nil gives each in `results`, whose mean is the
    ///     result.
    ///   - beta: above 0: how many times as important as precision recall is.
    ///   - threshold: above 0, at most 1: outputs above it are positive. Without one, the largest output of a
    ///     row is.
    /// - Source: Keras `FBetaScore`.
    public static func fBetaScore(
        average: FScoreAverage? = nil, beta: Float = 1, threshold: Float? = nil
    ) -> RowMetric {
        let name = "fbeta_score"
        return RowMetric(
            name, .maximize,
            RowMetric.Plan(
                sum: MetricRows.classCounts(threshold), width: { 3 * $0 },
                results: { fScores($0, Double(beta * beta), average) },
                check: { .misfit(name, $0, $1, takesClassNumbers: true) },
                problem: .positive(name, "beta", beta)
                    ?? threshold.flatMap {
                        $0 == 0 ? .positive(name, "threshold", $0) : .share(name, "threshold", $0)
                    }
            ))
    }

    /// - Parameter sums: (true positives, false positives, false negatives; classes).
    private static func fScores(_ sums: [Double], _ square: Double, _ average: FScoreAverage?) -> [Double] {
        let classes = sums.count / 3
        func score(_ tp: Double, _ fp: Double, _ fn: Double) -> Double {
            let epsilon = 1e-7
            let (precision, recall) = (tp / (tp + fp + epsilon), tp / (tp + fn + epsilon))
            return (1 + square) * precision * recall / (square * precision + recall + epsilon)
        }
        if average == .micro {
            let totals = (0..<3).map { sums[$0 * classes..<($0 + 1) * classes].reduce(0, +) }
            return [score(totals[0], totals[1], totals[2])]
        }
        let scores = (0..<classes).map { score(sums[$0], sums[classes + $0], sums[2 * classes + $0]) }
        switch average {
        case .weighted:
            let targets = (0..<classes).map { sums[$0] + sums[2 * classes + $0] }
            let total = targets.reduce(0, +) + 1e-7
            return [zip(scores, targets).reduce(0) { $0 + $1.0 * $1.1 / total }]
        case .macro: return [scores.reduce(0, +) / Double(classes)]
        default: return scores
        }
    }
}
