// Metrics that follow from counts: of what lies above thresholds, of classes, of pairs of classes.

extension MetricRows {
    /// How predictions are counted by thresholds.
    package struct Thresholds: Sendable {
        /// Ascending.
        package var thresholds: [Float]
        /// Predictions that are not among the `topK` largest of their row lie below every threshold, others
        /// are compared.
        package var topK: Int?
        /// The only column that counts.
        package var column: Int?
        /// Whether each column has counts of its own.
        package var isByColumn = false
        /// What each column counts.
        package var columnWeights: [Float] = []

        package init(_ thresholds: [Float], topK: Int? = nil, column: Int? = nil) {
            (self.thresholds, self.topK, self.column) = (thresholds, topK, column)
        }

        /// The count of buckets: one for each number of thresholds that a prediction may exceed.
        package var buckets: Int { thresholds.count + 1 }

        /// The number of thresholds below p.
        fileprivate func bucket(_ p: Float) -> Int {
            var (low, high) = (0, thresholds.count)
            while low < high {
                let middle = (low + high) / 2
                if p > thresholds[middle] { low = middle + 1 } else { high = middle }
            }
            return low
        }
    }

    /// sums: (columns or 1, negative and positive, buckets).
    package static func histogram(_ plan: Thresholds) -> Sum {
        { row, weight, sums in
            let least = plan.topK.map { row.place($0) }
            for i in plan.column.map({ $0..<$0 + 1 }) ?? 0..<row.columns {
                let p = row.p[i]
                let isKept = least.map { p > $0.value || p == $0.value && i <= $0.column } ?? true
                let kind = row.target(i) != 0 ? 1 : 0
                let place = (plan.isByColumn ? 2 * i : 0) + kind
                let own = plan.columnWeights.isEmpty ? weight : weight * Double(plan.columnWeights[i])
                sums[place * plan.buckets + (isKept ? plan.bucket(p) : 0)] += own
            }
        }
    }

    /// sums: (true positives, false positives, false negatives; columns). A prediction is positive above the
    /// threshold, or without one where it is the row's largest.
    package static func classCounts(_ threshold: Float?) -> Sum {
        { row, weight, sums in
            let least = threshold ?? row.p[MetricRow.largest(row.p, row.columns)]
            for i in 0..<row.columns {
                let isPositive =
                    threshold == nil ? row.p[i] >= least && abs(row.p[i]) > 1e-9 : row.p[i] > least
                let t = Double(row.target(i))
                if isPositive {
                    sums[i] += weight * t
                    sums[row.columns + i] += weight * (1 - t)
                } else {
                    sums[2 * row.columns + i] += weight * t
                }
            }
        }
    }

    /// sums: (target's class, predicted class), of rows whose columns are class numbers. What is not one of
    /// `classes`, or has the target `ignored`, does not count.
    package static func classPairs(_ classes: Int, ignoring ignored: Int?) -> Sum {
        { row, weight, sums in
            for i in 0..<row.columns {
                guard let target = Int(exactly: row.t[i].rounded(.towardZero)),
                    let predicted = Int(exactly: row.p[i].rounded(.towardZero)),
                    target >= 0, target < classes, predicted >= 0, predicted < classes, target != ignored
                else { continue }
                sums[target * classes + predicted] += weight
            }
        }
    }

    /// sums: Σ w·t, Σ w·t², Σ w·(t − p)² and Σ w for each column, then the number of targets.
    package static let squares: Sum = { row, weight, sums in
        let columns = row.columns
        for i in 0..<columns {
            let (p, t) = (Double(row.p[i]), Double(row.t[i]))
            sums[i] += weight * t
            sums[columns + i] += weight * t * t
            sums[2 * columns + i] += weight * (t - p) * (t - p)
            sums[3 * columns + i] += weight
        }
        sums[4 * columns] += Double(columns)
    }
}
