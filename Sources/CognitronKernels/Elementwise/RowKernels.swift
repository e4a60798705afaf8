// Functions of whole rows, and their gradients from the output. x, y, dy, dx: (rows, columns).

package enum RowKernel: Sendable {
    case softmax
    case logSoftmax
    case sparsemax

    /// y ← f(x). y may be x.
    package func forward(
        _ x: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>, rows: Int, columns: Int
    ) {
        switch self {
        case .softmax: SoftmaxKernel.forward(x, into: y, rows: rows, columns: columns)
        case .logSoftmax:
            Self.forEachRow(rows, columns) { Self.logSoftmax(x + $0, into: y + $0, columns) }
        case .sparsemax: Self.forEachRow(rows, columns) { Self.sparsemax(x + $0, into: y + $0, columns) }
        }
    }

    /// dx ← dy · f′. dx may be dy.
    package func backward(
        _ y: UnsafePointer<Float>, _ dy: UnsafePointer<Float>, into dx: UnsafeMutablePointer<Float>,
        rows: Int, columns: Int
    ) {
        switch self {
        case .softmax: SoftmaxKernel.backward(y, dy, into: dx, rows: rows, columns: columns)
        case .logSoftmax:
            Self.forEachRow(rows, columns) { at in
                let sum = Float(Reduction.sum(dy + at, count: columns))
                Elementwise.mapSerially(y + at, dy + at, into: dx + at, count: columns) {
                    $1 - $0.exponential * sum
                }
            }
        case .sparsemax:
            Self.forEachRow(rows, columns) { Self.sparsemaxGradient(y + $0, dy + $0, into: dx + $0, columns) }
        }
    }

    @inline(__always)
    private static func forEachRow(_ rows: Int, _ columns: Int, _ body: (_ start: Int) -> Void) {
        WorkerPool.shared.run(total: rows, grain: max(1, Elementwise.grain / max(1, columns))) { range, _ in
            for row in range { body(row * columns) }
        }
    }

    /// y ← x − ln Σ eˣ of one row.
    private static func logSoftmax(
        _ x: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>, _ columns: Int
    ) {
        withUnsafeTemporaryAllocation(of: Float.self, capacity: max(1, columns)) { exponentials in
            guard let e = exponentials.baseAddress else { return }
            let logSum = SoftmaxKernel.forwardRow(x, into: e, columns)
            Elementwise.mapSerially(x, into: y, count: columns) { $0 - logSum }
        }
    }

    /// y ← max(x − τ, 0) of one row, τ such that y sums to 1: Martins and Astudillo, "From Softmax to
    /// Sparsemax" (2016).
    private static func sparsemax(
        _ x: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>, _ columns: Int
    ) {
        let sorted = UnsafeBufferPointer(start: x, count: columns).sorted(by: >)
        guard let largest = sorted.first else { return }
        // Relative to the largest, so that large inputs lose no digits.
        var (sum, excess) = (0.0, 0.0)
        for (place, value) in sorted.enumerated() {
            let z = Double(value) - Double(largest)
            guard 1 + Double(place + 1) * z > sum + z else { break }
            sum += z
            excess = (sum - 1) / Double(place + 1)
        }
        let threshold = Float(excess)
        Elementwise.mapSerially(x, into: y, count: columns) { x in
            let z = (x - largest) - threshold
            return z.replacing(with: 0, where: z .< 0)
        }
    }

    /// dx ← dy less its mean, both over the columns where y is positive; 0 elsewhere.
    private static func sparsemaxGradient(
        _ y: UnsafePointer<Float>, _ dy: UnsafePointer<Float>, into dx: UnsafeMutablePointer<Float>,
        _ columns: Int
    ) {
        var (sum, support) = (0.0, 0.0)
        for i in 0..<columns where y[i] > 0 {
            sum += Double(dy[i])
            support += 1
        }
        let mean = Float(sum / max(1, support))
        Elementwise.mapSerially(y, dy, into: dx, count: columns) { y, dy in
            (dy - mean).replacing(with: 0, where: y .<= 0)
        }
    }
}
