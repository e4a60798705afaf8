import CognitronKernels

/// How many predictions above and below thresholds were right, in the order of the thresholds.
struct ThresholdCounts {
    let truePositives: [Double]
    let falsePositives: [Double]
    let trueNegatives: [Double]
    let falseNegatives: [Double]

    /// - Parameter buckets: how many predictions exceed 0, 1, … of the ascending thresholds, (negative and
    ///   positive; buckets).
    init(_ buckets: ArraySlice<Double>, _ thresholds: [Float]) {
        let buckets = Array(buckets)
        let half = buckets.count / 2
        /// For each threshold, in the given order, how many exceed it.
        func above(_ kind: Int) -> [Double] {
            var sums = Array(buckets[kind * half..<(kind + 1) * half])
            for i in sums.indices.dropLast().reversed() { sums[i] += sums[i + 1] }
            let sorted = thresholds.sorted()
            return thresholds.map { threshold in
                sorted.firstIndex(of: threshold).map { sums[$0 + 1] } ?? 0
            }
        }
        let (negatives, positives) = (
            buckets[..<half].reduce(0, +), buckets[half...].reduce(0, +)
        )
        (truePositives, falsePositives) = (above(1), above(0))
        falseNegatives = truePositives.map { positives - $0 }
        trueNegatives = falsePositives.map { negatives - $0 }
    }

    /// Right positives among predicted ones.
    var precisions: [Double] { Self.share(truePositives, falsePositives) }
    /// Right positives among true ones.
    var recalls: [Double] { Self.share(truePositives, falseNegatives) }
    /// Right negatives among true ones.
    var specificities: [Double] { Self.share(trueNegatives, falsePositives) }
    /// Wrong positives among true negatives.
    var falsePositiveRates: [Double] { Self.share(falsePositives, trueNegatives) }

    private static func share(_ a: [Double], _ b: [Double]) -> [Double] {
        zip(a, b).map { divide($0, $0 + $1) }
    }

    /// a / b, and 0 for b = 0.
    static func divide(_ a: Double, _ b: Double) -> Double { b == 0 ? 0 : a / b }
}

extension RowMetric {
    /// A metric of counts at thresholds.
    ///
    /// - Parameters:
    ///   - thresholds: from 0 to 1; by default one half, or none for the `topK` largest.
    ///   - topK: predictions that are not among so many largest of their row count as 0.
    ///   - classId: the only column that counts.
    static func counting(
        _ name: String, _ direction: Direction, _ thresholds: [Float]?, topK: Int? = nil, classId: Int? = nil,
        problem: CognitronError? = nil, _ results: @escaping @Sendable (ThresholdCounts) -> [Double]
    ) -> RowMetric {
        let given = thresholds ?? [topK == nil ? 0.5 : -1e10]
        let kernel = MetricRows.Thresholds(given.sorted(), topK: topK, column: classId)
        let invalid = (thresholds ?? []).first { !(0...1).contains($0) }
        return RowMetric(
            name, direction,
            Plan(
                sum: MetricRows.histogram(kernel), width: { _ in 2 * kernel.buckets },
                results: { results(ThresholdCounts($0[...], given)) },
                check: { output, target in
                    let columns = output.rank == 1 ? 1 : output.last ?? 1
                    return .misfit(name, output, target, takesClassNumbers: true)
                        ?? .beyond(name, "topK", topK, columns)
                        ?? .beyond(name, "classId", classId, columns - 1)
                },
                problem: problem ?? invalid.flatMap { .share(name, "threshold", $0) }
                    ?? (given.isEmpty ? .atLeast(name, "number of thresholds", 0, 1) : nil)
                    ?? .atLeast(name, "topK", topK, 1) ?? .atLeast(name, "classId", classId, 0)))
    }
}
