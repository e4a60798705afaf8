/// Precision and recall after each detection of a class, from the highest score down.
public struct PrecisionRecallCurve: Sendable {
    /// Of the detections that count as hits or false alarms, falling.
    public let scores: [Float]

    /// The share of hits among the detections up to each.
    public let precision: [Double]

    /// The share of the objects found up to each; rising.
    public let recall: [Double]

    /// - Parameter objectCount: at least 1.
    init(_ detections: some Sequence<(score: Float, isHit: Bool)>, objectCount: Int) {
        var (scores, precision, recall) = ([Float](), [Double](), [Double]())
        var hits = 0.0
        for (score, isHit) in detections {
            hits += isHit ? 1 : 0
            scores.append(score)
            precision.append(hits / Double(scores.count))
            recall.append(hits / Double(objectCount))
        }
        (self.scores, self.precision, self.recall) = (scores, precision, recall)
    }

    /// The best precision at this recall or a higher one: for each detection.
    public var interpolated: [Double] {
        var best = 0.0
        return Array(
            precision.reversed().map { value in
                best = max(best, value)
                return best
            }.reversed())
    }

    /// The average precision by some rules: the mean over 11 or 101 recalls, or the area over all.
    func average(_ rules: AveragePrecision.Rules) -> Double {
        let interpolated = interpolated
        switch rules {
        case .voc2007: return mean(at: (0...10).map { Double($0) / 10 }, interpolated)
        // numpy's `linspace`.
        case .coco: return mean(at: (0..<100).map { Double($0) * 0.01 } + [1], interpolated)
        case .voc2012:
            return recall.indices.reduce(0) { sum, at in
                sum + (recall[at] - (at > 0 ? recall[at - 1] : 0)) * interpolated[at]
            }
        }
    }

    private func mean(at recalls: [Double], _ interpolated: [Double]) -> Double {
        var (sum, at) = (0.0, 0)
        for least in recalls {
            while at < recall.count, recall[at] < least { at += 1 }
            if at < recall.count { sum += interpolated[at] }
        }
        return sum / Double(recalls.count)
    }
}
