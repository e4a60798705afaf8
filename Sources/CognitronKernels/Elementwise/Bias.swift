// One number a column, added to every row.

package enum Bias {
    /// y (rows, columns) += bias (columns), on the calling thread.
    static func addSerially(
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
