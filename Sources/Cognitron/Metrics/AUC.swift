#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif
import CognitronKernels

/// The curve whose area `auc` measures.
public enum AUCCurve: String, Sendable {
    /// The receiver's operating characteristic: true positives found, by false positives.
    case roc
    /// Precision by recall.
    case pr
    /// Precision gain by recall gain: Flach and Kull, "Precision-Recall-Gain Curves" (2015).
    case prGain
}

/// How `auc` adds up the area between two thresholds.
public enum AUCSummation: String, Sendable {
    /// By the mean of the heights; of precision by recall as Davis and Goadrich, "The Relationship Between
    /// Precision-Recall and ROC Curves" (2006).
    case interpolation
    /// By the smaller height.
    case minoring
    /// By the larger height.
    case majoring
}

extension Metric where Self == RowMetric {
    /// The area under the ROC curve of 200 thresholds.
    public static var auc: RowMetric { auc() }

    /// The area under a curve, approximated at thresholds from 0 to 1.
    ///
    /// - Parameters:
    ///   - numThresholds: at least 2: evenly spread, the ends included.
    ///   - thresholds: thresholds of your own from 0 to 1, to which the ends are added.
    ///   - multiLabel: whether each column has an area of its own; the result is their mean.
    ///   - numLabels: the number of columns, where `multiLabel`; nil takes what comes.
    ///   - labelWeights: what each column counts: in the mean of areas where `multiLabel`, otherwise each of
    ///     its predictions.
    ///   - fromLogits: whether predictions are logits, whose sigmoid are the probabilities.
    /// - Source: Keras `AUC`.
    public static func auc(
        numThresholds: Int = 200, curve: AUCCurve = .roc, summationMethod: AUCSummation = .interpolation,
        thresholds: [Float]? = nil, multiLabel: Bool = false, numLabels: Int? = nil,
        labelWeights: [Float]? = nil, fromLogits: Bool = false
    ) -> RowMetric {
        let name = "auc"
        let inner =
            thresholds?.sorted() ?? Array(RowMetric.evenThresholds(max(2, numThresholds))[1...].dropLast())
        let all = [-Float.infinity] + inner + [.infinity]
        var kernel = MetricRows.Thresholds(all)
        kernel.isByColumn = multiLabel
        kernel.columnWeights = multiLabel ? [] : labelWeights ?? []
        let size = 2 * kernel.buckets
        let expected = labelWeights?.count ?? numLabels
        return RowMetric(
            name, .maximize,
            RowMetric.Plan(
                sum: MetricRows.histogram(kernel), width: { (multiLabel ? $0 : 1) * size },
                results: { sums in
                    let areas = stride(from: 0, to: sums.count, by: size).map {
                        ThresholdCounts(sums[$0..<$0 + size], all).area(under: curve, summationMethod)
                    }
                    let weights = multiLabel ? labelWeights?.map(Double.init) : nil
                    let shares = weights ?? areas.map { _ in 1 }
                    return [
                        ThresholdCounts.divide(
                            zip(areas, shares).reduce(0) { $0 + $1.0 * $1.1 }, shares.reduce(0, +))
                    ]
                },
                prepare: { (fromLogits ? $0.sigmoid : $0, $1) },
                check: { output, target in
                    let columns = output.rank == 1 ? 1 : output.last ?? 1
                    if let expected, expected != columns {
                        return CognitronError(
                            .argument, name, "numLabels or labelWeights do not fit the model's output",
                            expected: "\(columns) labels", got: "\(expected)")
                    }
                    return .misfit(name, output, target, takesClassNumbers: true)
                },
                problem: problem(name, numThresholds, thresholds, multiLabel, numLabels, labelWeights)))
    }

    private static func problem(
        _ name: String, _ numThresholds: Int, _ thresholds: [Float]?, _ multiLabel: Bool, _ numLabels: Int?,
        _ labelWeights: [Float]?
    ) -> CognitronError? {
        if thresholds == nil, let error = CognitronError.atLeast(name, "numThresholds", numThresholds, 2) {
            return error
        }
        if let invalid = thresholds?.first(where: { !(0...1).contains($0) }) {
            return .share(name, "threshold", invalid)
        }
        if let invalid = labelWeights?.first(where: { !($0 >= 0) }) {
            return .notNegative(name, "labelWeights", invalid)
        }
        if numLabels != nil && !multiLabel {
            return CognitronError(.argument, name, "numLabels is only for multiLabel: true")
        }
        if let numLabels, let labelWeights, numLabels != labelWeights.count {
            return CognitronError(
                .argument, name, "labelWeights does not have one number a label", expected: "\(numLabels)",
                got: "\(labelWeights.count)")
        }
        return nil
    }
}

extension ThresholdCounts {
    /// The area under a curve through the points of all thresholds, which ascend.
    fileprivate func area(under curve: AUCCurve, _ summation: AUCSummation) -> Double {
        if curve == .pr, summation == .interpolation { return interpolatedPrecision }
        let (x, y) =
            switch curve {
            case .roc: (falsePositiveRates, recalls)
            case .pr: (recalls, precisions)
            case .prGain: (gains(falseNegatives, none: 0).map { max($0, 0) }, gains(falsePositives, none: 1))
            }
        return x.indices.dropLast().reduce(0) { sum, i in
            let height =
                switch summation {
                case .interpolation: (y[i] + y[i + 1]) / 2
                case .minoring: min(y[i], y[i + 1])
                case .majoring: max(y[i], y[i + 1])
                }
            return sum + (x[i] - x[i + 1]) * height
        }
    }

    /// 1 − (true positives there are / true negatives there are) · wrong / true positives found.
    private func gains(_ wrong: [Double], none: Double) -> [Double] {
        truePositives.indices.map { i in
            guard truePositives[i] != 0 else { return none }
            let scale = Self.divide(
                truePositives[i] + falseNegatives[i], trueNegatives[i] + falsePositives[i])
            return 1 - scale * wrong[i] / truePositives[i]
        }
    }

    /// ∫ precision d(recall), true positives being linear in predicted positives between two thresholds.
    private var interpolatedPrecision: Double {
        let positives = zip(truePositives, falsePositives).map(+)
        return positives.indices.dropLast().reduce(0) { sum, i in
            let (tp, next) = (truePositives[i], truePositives[i + 1])
            let slope = Self.divide(tp - next, max(positives[i] - positives[i + 1], 0))
            let intercept = next - slope * positives[i + 1]
            let ratio =
                positives[i] > 0 && positives[i + 1] > 0 ? positives[i] / positives[i + 1] : 1
            return sum
                + Self.divide(
                    slope * (tp - next + intercept * log(ratio)), next + falseNegatives[i + 1])
        }
    }
}
