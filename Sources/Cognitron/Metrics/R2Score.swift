import CognitronKernels

/// How `r2Score` makes one number of those of all outputs.
public enum R2Aggregation: String, Sendable {
    /// Their mean.
    case uniformAverage
    /// Their mean, each times the variance of its targets.
    case varianceWeightedAverage
}

extension Metric where Self == RowMetric {
    /// The share of the targets' variance that the outputs explain.
    public static var r2Score: RowMetric { r2Score() }

    /// 1 − Σ (target − output)² / Σ (target − mean target)²: 1 for perfect outputs, 0 for no better than the
    /// mean, below 0 for worse.
    ///
    /// - Parameters:
    ///   - classAggregation: how the scores of the outputs become one; nil gives each in `results`, whose
    ///     mean is the result.
    ///   - numRegressors: the number of inputs, for the adjusted score 1 − (1 − R²)·(n − 1) / (n − p − 1); 0
    ///     for the plain one, which also stands where there are too few targets.
    /// - Source: Keras `R2Score`.
    public static func r2Score(
        classAggregation: R2Aggregation? = .uniformAverage, numRegressors: Int = 0
    ) -> RowMetric {
        let name = "r2_score"
        return RowMetric(
            name, .maximize,
            RowMetric.Plan(
                sum: MetricRows.squares, width: { 4 * $0 + 1 },
                results: { sums in
                    let scores = r2Scores(sums, classAggregation)
                    let rest = sums[sums.count - 1] - Double(numRegressors) - 1
                    guard numRegressors > 0, rest > 0 else { return scores }
                    return scores.map { 1 - (1 - $0) * (sums[sums.count - 1] - 1) / rest }
                },
                check: { .misfit(name, $0, $1, takesClassNumbers: false) },
                problem: .atLeast(name, "numRegressors", numRegressors, 0)))
    }

    /// - Parameter sums: Σ t, Σ t², Σ (t − p)² and the weight of each output, then the number of targets.
    private static func r2Scores(_ sums: [Double], _ aggregation: R2Aggregation?) -> [Double] {
        let columns = sums.count / 4
        let totals = (0..<columns).map { sums[columns + $0] - sums[$0] * sums[$0] / sums[3 * columns + $0] }
        let scores = (0..<columns).map { column in
            let score = 1 - sums[2 * columns + column] / totals[column]
            return score.isInfinite ? 0 : score
        }
        switch aggregation {
        case nil: return scores
        case .uniformAverage: return [scores.reduce(0, +) / Double(columns)]
        case .varianceWeightedAverage:
            return [zip(scores, totals).reduce(0) { $0 + $1.0 * $1.1 } / totals.reduce(0, +)]
        }
    }
}
