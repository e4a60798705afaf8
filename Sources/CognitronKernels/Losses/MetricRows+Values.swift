// Metrics that are means over rows: the value of one.

extension MetricRows {
    /// Whether the largest prediction is the target's class; of a single one, whether it is on the target's
    /// side of one half.
    package static let categoricalMatch: Value = { row in
        if row.columns == 1 { return (row.p[0] > 0.5) == (row.t[0] > 0.5) ? 1 : 0 }
        return MetricRow.largest(row.p, row.columns) == row.label ? 1 : 0
    }

    /// The share of columns that are on the target's side: above `threshold` where the target is above ½.
    package static func binaryMatch(_ threshold: Float) -> Value {
        { row in share(row) { (row.p[$0] > threshold) == (row.target($0) > 0.5) } }
    }

    /// The share of columns that equal their targets.
    package static let equality: Value = { row in share(row) { row.p[$0] == row.t[$0] } }

    private static func share(_ row: MetricRow, _ matches: (_ column: Int) -> Bool) -> Double {
        Double((0..<row.columns).count(where: matches)) / Double(max(1, row.columns))
    }

    /// Whether fewer than `k` columns are larger than that of the target's class.
    package static func topK(_ k: Int) -> Value {
        { row in
            let label = row.label
            guard label >= 0, label < row.columns, row.p[label].isFinite else { return 0 }
            let right = row.p[label]
            return (0..<row.columns).count { row.p[$0] > right } < k ? 1 : 0
        }
    }

    /// Whether the target is among the first `k` of predictions that are class numbers, the likeliest first.
    package static func sortedTopK(_ k: Int) -> Value {
        { row in
            let label = Float(row.label)
            return (0..<min(k, row.columns)).contains { row.p[$0] == label } ? 1 : 0
        }
    }

    /// The loss of a row.
    package static func loss(_ loss: @escaping LossRows.Row) -> Value {
        { row in
            withUnsafeTemporaryAllocation(of: Float.self, capacity: max(1, row.columns)) { gradient in
                gradient.baseAddress.map { Double(loss(row.p, row.t, row.columns, $0)) } ?? 0
            }
        }
    }

    /// The mean of the predictions.
    package static let mean: Value = { row in sum(row) / Double(max(1, row.columns)) }

    /// The sum of the predictions.
    package static let sum: Value = { row in LossRows.sum(row.columns) { row.p[$0] } }

    /// Pearson's r: Σ (p − p̄)·(t − t̄) / √(Σ (p − p̄)² · Σ (t − t̄)²)
    package static let pearson: Value = { row in
        let m = Moments(row)
        return m.covariance / (m.varianceP * m.varianceT).squareRoot()
    }

    /// Lin's concordance: 2·covariance / (variance of p + variance of t + (p̄ − t̄)² + ε)
    package static let concordance: Value = { row in
        let m = Moments(row)
        let distance = m.meanP - m.meanT
        return 2 * m.covariance
            / (m.varianceP + m.varianceT + distance * distance + Double(LossRows.epsilon))
    }

    private struct Moments {
        let meanP, meanT: Double
        private(set) var varianceP = 0.0
        private(set) var varianceT = 0.0
        private(set) var covariance = 0.0

        init(_ row: MetricRow) {
            let count = Double(row.columns)
            meanP = LossRows.sum(row.columns) { row.p[$0] } / count
            meanT = LossRows.sum(row.columns) { row.t[$0] } / count
            for i in 0..<row.columns {
                let (dp, dt) = (Double(row.p[i]) - meanP, Double(row.t[i]) - meanT)
                varianceP += dp * dp / count
                varianceT += dt * dt / count
                covariance += dp * dt / count
            }
        }
    }
}
