// Cumulative sums and products along the middle axis of an array viewed as (outer, size, inner).

package enum Scan {
    package enum Operation { case sum, product }

    /// y ← the cumulative sums (products) along the middle axis, in order. x and y: (outer, size, inner), not
    /// overlapping.
    ///
    /// - Parameters:
    ///   - exclusive: whether to exclude the element itself, so that the first one is 0 (1).
    ///   - reverse: whether to run from the last element to the first.
    package static func apply(
        _ operation: Operation, _ x: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>,
        _ g: ReductionGeometry, exclusive: Bool, reverse: Bool
    ) {
        switch operation {
        case .sum:
            run(x, into: y, g, exclusive, reverse, from: 0, { $0 + $1 }, { $0 + $1 })
        case .product:
            run(x, into: y, g, exclusive, reverse, from: 1, { $0 * $1 }, { $0 * $1 })
        }
    }

    @inline(__always)
    private static func run(
        _ x: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>, _ g: ReductionGeometry,
        _ exclusive: Bool, _ reverse: Bool, from start: Float, _ one: (Float, Float) -> Float,
        _ many: (Vector, Vector) -> Vector
    ) {
        let step = reverse ? -g.inner : g.inner
        let first = reverse ? (g.size - 1) * g.inner : 0
        guard g.size > 0 else { return }
        WorkerPool.shared.run(total: g.outer, grain: g.grain) { range, _ in
            for o in range {
                let at = o * g.size * g.inner + first
                let (from, to) = (x + at, y + at)
                if exclusive {
                    to.update(repeating: start, count: g.inner)
                } else {
                    to.update(from: from, count: g.inner)
                }
                for k in 1..<max(1, g.size) {
                    let (previous, row) = (to + (k - 1) * step, to + k * step)
                    let next = from + (exclusive ? k - 1 : k) * step
                    if g.inner == 1 {
                        row[0] = one(previous[0], next[0])
                    } else {
                        Elementwise.mapSerially(previous, next, into: row, count: g.inner, many)
                    }
                }
            }
        }
    }
}
