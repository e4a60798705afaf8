// The metrics by name.

extension Metric where Self == MeanMetric {
    /// The share of right answers: the largest output is the target's class (a number or one-hot); of outputs
    /// that are trained with binary cross-entropy, and of a single output, whether each is on the target's
    /// side of one half.
    public static var accuracy: MeanMetric {
        MeanMetric("accuracy", .maximize, adapt: { $0.isBinary ? binary($0.logitThreshold) : nil }) {
            p, target in
            switch target {
            case .values(let t) where p.count == 1: (p[0] > 0.5) == (t[0] > 0.5) ? 1 : 0
            case .values(let t): largest(p) == largest(t) ? 1 : 0
            case .classNumber(let label): largest(p) == label ? 1 : 0
            }
        }
    }

    /// The accuracy of yes and no answers, each output by itself.
    ///
    /// - Parameter threshold: 0.5 for probabilities, 0 for logits.
    private static func binary(_ threshold: Float) -> MeanMetric {
        MeanMetric("accuracy", .maximize) { p, target in
            switch target {
            case .values(let t):
                Double(zip(p, t).count { ($0 > threshold) == ($1 > 0.5) }) / Double(max(1, p.count))
            case .classNumber(let label):
                Double(p.count { ($0 > threshold) == (label == 1) }) / Double(p.count)
            }
        }
    }

    /// The share of answers whose right class is among the `k` largest outputs.
    public static func topKAccuracy(k: Int = 5) -> MeanMetric {
        let problem =
            k < 1
            ? CognitronError(
                .argument, "top_k_accuracy", "invalid k", expected: "a whole number of at least 1",
                got: "\(k)")
            : nil
        return MeanMetric("top_\(k)_accuracy", .maximize, problem: problem) { p, target in
            let label =
                switch target {
                case .classNumber(let label): label
                case .values(let t): largest(t)
                }
            // A class is among the first k where fewer than k are strictly better.
            return p.indices.contains(label) && p.count(where: { $0 > p[label] }) < k && p[label].isFinite
                ? 1 : 0
        }
    }

    /// The mean of (prediction − target)².
    public static var meanSquaredError: MeanMetric {
        MeanMetric("mean_squared_error", .minimize) { p, target in meanDifference(p, target) { $0 * $0 } }
    }

    /// The mean of |prediction − target|.
    public static var meanAbsoluteError: MeanMetric {
        MeanMetric("mean_absolute_error", .minimize) { p, target in meanDifference(p, target, abs) }
    }
}

private func meanDifference(
    _ p: UnsafeBufferPointer<Float>, _ target: MetricRow, _ f: (Double) -> Double
) -> Double {
    switch target {
    case .values(let t): zip(p, t).reduce(0) { $0 + f(Double($1.0) - Double($1.1)) } / Double(p.count)
    case .classNumber(let label): p.reduce(0) { $0 + f(Double($1) - Double(label)) } / Double(p.count)
    }
}

private func largest(_ values: UnsafeBufferPointer<Float>) -> Int {
    var best = 0
    for i in values.indices where values[i] > values[best] { best = i }
    return best
}
