// One number a column, added to every row.

/// Rows of a narrow matrix (the six channels of LeNet) leave most of a vector empty. Eight of them side by side are
/// one row eight times as wide, which is a whole number of vectors.
enum RowGroup {
    static let size = Vector.width
    /// Columns below which the grouping pays.
    static let narrow = 32
}

package enum Bias {
    /// y (rows, columns) += bias (columns), on the calling thread.
    static func addSerially(
        _ bias: UnsafePointer<Float>, to y: UnsafeMutablePointer<Float>, rows: Int, columns: Int
    ) {
        // Rows that do not fill a few vectors are taken eight at a time, against eight copies of the bias.
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

    /// y (rows, columns) += bias (columns).
    package static func add(
        _ bias: UnsafePointer<Float>, to y: UnsafeMutablePointer<Float>, rows: Int, columns: Int
    ) {
        WorkerPool.shared.run(total: rows, grain: max(1, Elementwise.grain / max(1, columns))) { range, _ in
            addSerially(bias, to: y + range.lowerBound * columns, rows: range.count, columns: columns)
        }
    }
}
