// The steps fused into a convolution's output while it is in the cache.

/// A bias per filter, and a ReLU.
struct OutputEnding {
    var bias: UnsafePointer<Float>?
    var isRectified = false

    /// The ending for the filters from `filter` on.
    func from(filter: Int) -> OutputEnding {
        OutputEnding(bias: bias.map { $0 + filter }, isRectified: isRectified)
    }

    /// Returns four rows + bias, or max(0, row + bias).
    @inline(__always)
    func ended(
        _ rows: (Vector, Vector, Vector, Vector), _ bias: Vector
    ) -> (Vector, Vector, Vector, Vector) {
        let sums = (rows.0 + bias, rows.1 + bias, rows.2 + bias, rows.3 + bias)
        guard isRectified else { return sums }
        let zero = Vector()
        return (
            sums.0.raised(to: zero), sums.1.raised(to: zero), sums.2.raised(to: zero), sums.3.raised(to: zero)
        )
    }

    /// y (rows, columns) ← y + bias, or max(0, y + bias), on the calling thread.
    ///
    /// - Parameter stride: floats from one row to the next.
    func apply(to y: UnsafeMutablePointer<Float>, rows: Int, columns: Int, stride: Int) {
        guard stride > columns else { return apply(to: y, rows: rows, columns: columns) }
        for row in 0..<rows { apply(to: y + row * stride, rows: 1, columns: columns) }
    }

    /// The same for contiguous rows.
    func apply(to y: UnsafeMutablePointer<Float>, rows: Int, columns: Int) {
        if let bias { Bias.addSerially(bias, to: y, rows: rows, columns: columns) }
        if isRectified {
            Elementwise.mapSerially(y, into: y, count: rows * columns) { $0.raised(to: Vector()) }
        }
    }
}
