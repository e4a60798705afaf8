// The softmax of every row, and its log-sum-exp for the cross-entropy.

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

package enum SoftmaxKernel {
    /// y ← e^(x − max) / Σ e^(x − max) along every row. y may be x.
    package static func forward(
        _ x: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>, rows: Int, columns: Int
    ) {
        WorkerPool.shared.run(total: rows, grain: max(1, Elementwise.grain / max(1, columns))) { range, _ in
            for row in range { _ = forwardRow(x + row * columns, into: y + row * columns, columns) }
        }
    }

    /// The softmax of one row; returns ln Σ eˣ.
    package static func forwardRow(
        _ x: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>, _ columns: Int
    ) -> Float {
        var largest = x[0]
        for i in 1..<max(1, columns) { largest = max(largest, x[i]) }
        Elementwise.mapSerially(x, into: y, count: columns) { ($0 - largest).exponential }
        let sum = Float(Reduction.sum(y, count: columns))
        let scale = 1 / sum
        Elementwise.mapSerially(y, into: y, count: columns) { $0 * scale }
        return largest + logf(sum)
    }

    /// dx ← y · (dy − Σ dy·y) along every row. dx may be dy.
    package static func backward(
        _ y: UnsafePointer<Float>, _ dy: UnsafePointer<Float>, into dx: UnsafeMutablePointer<Float>,
        rows: Int,
        columns: Int
    ) {
        WorkerPool.shared.run(total: rows, grain: max(1, Elementwise.grain / max(1, columns))) { range, _ in
            for row in range {
                let at = row * columns
                var total = 0.0
                for i in 0..<columns { total += Double(dy[at + i] * y[at + i]) }
                let sum = Float(total)
                Elementwise.mapSerially(y + at, dy + at, into: dx + at, count: columns) { $0 * ($1 - sum) }
            }
        }
    }
}
