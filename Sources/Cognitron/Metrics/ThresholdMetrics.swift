// Counts of right and wrong positives and negatives, and their shares. A prediction above the threshold is
// positive; targets are 0 and 1 in the output's shape, or class numbers.

extension Metric where Self == RowMetric {
    /// The number of predictions above one half whose target is 1.
    public static var truePositives: RowMetric { truePositives() }
    /// - Parameter thresholds: from 0 to 1; the result is the mean over them, `results` has each.
    public static func truePositives(thresholds: [Float]? = nil) -> RowMetric {
        .counting("true_positives", .maximize, thresholds) { $0.truePositives }
    }

    /// The number of predictions above one half whose target is 0.
    public static var falsePositives: RowMetric { falsePositives() }
    /// - Parameter thresholds: as those of `truePositives`.
    public static func falsePositives(thresholds: [Float]? = nil) -> RowMetric {
        .counting("false_positives", .minimize, thresholds) { $0.falsePositives }
    }

    /// The number of predictions not above one half whose target is 0.
    public static var trueNegatives: RowMetric { trueNegatives() }
    /// - Parameter thresholds: as those of `truePositives`.
    public static func trueNegatives(thresholds: [Float]? = nil) -> RowMetric {
        .counting("true_negatives", .maximize, thresholds) { $0.trueNegatives }
    }

    /// The number of predictions not above one half whose target is 1.
    public static var falseNegatives: RowMetric { falseNegatives() }
    /// - Parameter thresholds: as those of `truePositives`.
    public static func falseNegatives(thresholds: [Float]? = nil) -> RowMetric {
        .counting("false_negatives", .minimize, thresholds) { $0.falseNegatives }
    }

    /// The share of predicted positives that are right.
    public static var precision: RowMetric { precision() }

    /// true positives / (true positives + false positives); 0 where nothing is predicted.
    ///
    /// - Parameters:
    ///   - thresholds: from 0 to 1; by default one half. The result is their mean, `results` has each.
    ///   - topK: only the `topK` largest outputs of a row can be positive, and without thresholds all are.
    ///   - classId: the only column that counts.
    public static func precision(
        thresholds: [Float]? = nil, topK: Int? = nil, classId: Int? = nil
    ) -> RowMetric {
        .counting("precision", .maximize, thresholds, topK: topK, classId: classId) { $0.precisions }
    }

    /// The share of true positives that are found.
    public static var recall: RowMetric { recall() }

    /// true positives / (true positives + false negatives); 0 where there are none.
    ///
    /// - Parameters:
    ///   - thresholds, topK, classId: as those of `precision`.
    public static func recall(
        thresholds: [Float]? = nil, topK: Int? = nil, classId: Int? = nil
    ) -> RowMetric {
        .counting("recall", .maximize, thresholds, topK: topK, classId: classId) { $0.recalls }
    }

    /// The best precision at a threshold whose recall is at least `recall`; 0 where no threshold's is.
    ///
    /// - Parameters:
    ///   - recall: from 0 to 1.
    ///   - numThresholds: how many thresholds are tried, evenly from 0 to 1; with one, one half.
    ///   - classId: the only column that counts.
    public static func precisionAtRecall(
        recall: Float, numThresholds: Int = 200, classId: Int? = nil
    ) -> RowMetric {
        best("precision_at_recall", ("recall", recall), numThresholds, classId) {
            ($0.precisions, $0.recalls)
        }
    }

    /// The best recall at a threshold whose precision is at least `precision`.
    ///
    /// - Parameters:
    ///   - precision: from 0 to 1.
    ///   - numThresholds, classId: as those of `precisionAtRecall`.
    public static func recallAtPrecision(
        precision: Float, numThresholds: Int = 200, classId: Int? = nil
    ) -> RowMetric {
        best("recall_at_precision", ("precision", precision), numThresholds, classId) {
            ($0.recalls, $0.precisions)
        }
    }

    /// The best sensitivity (recall) at a threshold whose specificity, the share of true negatives that are
    /// found, is at least `specificity`.
    ///
    /// - Parameters:
    ///   - specificity: from 0 to 1.
    ///   - numThresholds, classId: as those of `precisionAtRecall`.
    public static func sensitivityAtSpecificity(
        specificity: Float, numThresholds: Int = 200, classId: Int? = nil
    ) -> RowMetric {
        best("sensitivity_at_specificity", ("specificity", specificity), numThresholds, classId) {
            ($0.recalls, $0.specificities)
        }
    }

    /// The best specificity at a threshold whose sensitivity (recall) is at least `sensitivity`.
    ///
    /// - Parameters:
    ///   - sensitivity: from 0 to 1.
    ///   - numThresholds, classId: as those of `precisionAtRecall`.
    public static func specificityAtSensitivity(
        sensitivity: Float, numThresholds: Int = 200, classId: Int? = nil
    ) -> RowMetric {
        best("specificity_at_sensitivity", ("sensitivity", sensitivity), numThresholds, classId) {
            ($0.specificities, $0.recalls)
        }
    }

    /// The best of `wanted` where `held` is at least its bound.
    private static func best(
        _ name: String, _ bound: (argument: String, value: Float), _ numThresholds: Int, _ classId: Int?,
        _ shares: @escaping @Sendable (ThresholdCounts) -> (wanted: [Double], held: [Double])
    ) -> RowMetric {
        let thresholds = numThresholds == 1 ? [0.5] : RowMetric.evenThresholds(max(2, numThresholds))
        return .counting(
            name, .maximize, thresholds, classId: classId,
            problem: .share(name, bound.argument, bound.value)
                ?? .atLeast(name, "numThresholds", numThresholds, 1)
        ) { counts in
            let (wanted, held) = shares(counts)
            // Compared as Keras does, in 32 bits.
            return [zip(wanted, held).filter { Float($1) >= bound.value }.map(\.0).max() ?? 0]
        }
    }
}

extension RowMetric {
    /// So many numbers evenly from 0 to 1.
    static func evenThresholds(_ count: Int) -> [Float] {
        (0..<count).map { Float(Double($0) / Double(count - 1)) }
    }
}
