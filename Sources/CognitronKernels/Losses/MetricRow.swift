// What metrics add up over rows of predictions.

/// One row of the predictions, and its target: a class index, or as many numbers as the row has.
package struct MetricRow {
    /// (columns)
    package let p: UnsafePointer<Float>
    /// (columns), or one class index.
    package let t: UnsafePointer<Float>
    package let columns: Int
    package let isClassIndex: Bool

    /// The target's class: its index, or the column of the largest number.
    package var label: Int {
        isClassIndex ? (abs(t[0]) < 1e9 ? Int(t[0]) : -1) : Self.largest(t, columns)
    }

    /// The target of a column; a class index counts as a one-hot row.
    @inline(__always)
    func target(_ column: Int) -> Float { isClassIndex ? (Float(column) == t[0] ? 1 : 0) : t[column] }

    /// The first column that holds the largest number.
    static func largest(_ values: UnsafePointer<Float>, _ columns: Int) -> Int {
        var best = 0
        for i in 0..<columns where values[i] > values[best] { best = i }
        return best
    }

    /// The number and column of the `k`th largest prediction; of equal ones the first is the larger.
    func place(_ k: Int) -> (value: Float, column: Int) {
        var place = (value: Float.infinity, column: -1)
        for _ in 0..<min(k, columns) {
            var next = (value: -Float.infinity, column: columns)
            for i in 0..<columns
            where p[i] > next.value && (p[i] < place.value || p[i] == place.value && i > place.column) {
                next = (p[i], i)
            }
            place = next
        }
        return place
    }
}

package enum MetricRows {
    /// Adds what a row contributes, times its weight, to the sums.
    package typealias Sum =
        @Sendable (_ row: MetricRow, _ weight: Double, _ sums: UnsafeMutablePointer<Double>) -> Void

    /// The metric of one row, for means over rows.
    package typealias Value = @Sendable (_ row: MetricRow) -> Double

    /// sums += the contributions of all rows. Rows without weight may hold anything. Tiles are summed by one
    /// worker each and added in their order.
    ///
    /// - Parameter weights: (rows / rowsPerWeight); nil for 1 each.
    package static func add(
        _ sum: Sum, _ p: UnsafePointer<Float>, _ t: UnsafePointer<Float>, _ g: RowGeometry,
        weights: UnsafePointer<Float>?, to sums: UnsafeMutablePointer<Double>, width: Int
    ) {
        // A tile reads at least as many numbers as it has sums, which are set to 0 and added up.
        let grain = max(g.grain, width / max(1, g.columns))
        let tiles = (g.rows + grain - 1) / grain
        let isClassIndex = g.targetColumns != g.columns
        func add(_ range: Range<Int>, to sums: UnsafeMutablePointer<Double>) {
            for r in range {
                let weight = weights.map { Double($0[r / g.rowsPerWeight]) } ?? 1
                guard weight != 0 else { continue }
                let row = MetricRow(
                    p: p + r * g.columns, t: t + r * g.targetColumns, columns: g.columns,
                    isClassIndex: isClassIndex)
                sum(row, weight, sums)
            }
        }
        guard tiles > 1 else { return add(0..<g.rows, to: sums) }
        let parts = UnsafeMutablePointer<Double>.allocate(capacity: tiles * width)
        defer { parts.deallocate() }
        parts.initialize(repeating: 0, count: tiles * width)
        WorkerPool.shared.run(total: g.rows, grain: grain) { range, _ in
            add(range, to: parts + range.lowerBound / grain * width)
        }
        for tile in 0..<tiles {
            for i in 0..<width { sums[i] += parts[tile * width + i] }
        }
    }

    /// sums: Σ weight · value, Σ weight.
    package static func mean(_ value: @escaping Value) -> Sum {
        { row, weight, sums in
            sums[0] += weight * value(row)
            sums[1] += weight
        }
    }
}
