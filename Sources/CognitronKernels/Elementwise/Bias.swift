// Adds one value per column to every row.

/// Eight rows of a narrow matrix (such as the six channels of LeNet) treated as one row eight times as wide:
/// a single row would leave most of a vector empty, eight fill whole vectors.
enum RowGroup {
    static let size = Vector.width
    /// Columns below which grouping is faster.
    static let narrow = 32
}

package enum Bias {
    /// y (rows, columns) += bias (columns), on the calling thread.
    static func addSerially(
        _ bias: UnsafePointer<Float>, to y: UnsafeMutablePointer<Float>, rows: Int, columns: Int
    ) {
        // Narrow rows are added eight at a time to eight copies of the bias.
        guard columns < RowGroup.narrow && rows >= RowGroup.size else {
            addRowByRow(bias, to: y, rows: rows, columns: columns)
            return
        }
        let wide = columns * RowGroup.size
        withUnsafeTemporaryAllocation(of: Float.self, capacity: wide) { copies in
            guard let repeated = copies.baseAddress else { return }
            for i in 0..<wide { repeated[i] = bias[i % columns] }
            let groups = rows / RowGroup.size
            addRowByRow(repeated, to: y, rows: groups, columns: wide)
            addRowByRow(bias, to: y + groups * wide, rows: rows % RowGroup.size, columns: columns)
        }
    }

    private static func addRowByRow(
        _ bias: UnsafePointer<Float>, to y: UnsafeMutablePointer<Float>, rows: Int, columns: Int
    ) {
        for row in 0..<rows {
            let out = y + row &* columns
            Elementwise.mapSerially(out, bias, into: out, count: columns) { $0 + $1 }
        }
    }

    /// y (rows, columns) ← y + bias (columns), clipped.
    package static func add(
        _ bias: UnsafePointer<Float>?, to y: UnsafeMutablePointer<Float>, rows: Int, columns: Int,
        bounds: OutputBounds = .none
    ) {
        WorkerPool.shared.run(total: rows, grain: max(1, Elementwise.grain / max(1, columns))) { range, _ in
            let tile = y + range.lowerBound * columns
            OutputEnding(bias: bias, bounds: bounds).apply(to: tile, rows: range.count, columns: columns)
        }
    }
}
