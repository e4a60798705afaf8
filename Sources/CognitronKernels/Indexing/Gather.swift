// Gathers slices by index along one axis, and scatters their gradients back. The caller checks the indices.

package enum Gather {
    /// y[o, i, :] ← x[o, indices[i], :]. x: (outer, size, inner) from `g`, y: (outer, indices, inner).
    package static func gather(
        _ x: UnsafePointer<Float>, _ indices: UnsafeBufferPointer<Int>, into y: UnsafeMutablePointer<Float>,
        _ g: ReductionGeometry
    ) {
        let count = indices.count
        let grain = max(1, Elementwise.grain / max(1, g.inner))
        WorkerPool.shared.run(total: g.outer * count, grain: grain) { range, _ in
            for row in range {
                let from = (row / count * g.size + indices[row % count]) * g.inner
                (y + row * g.inner).update(from: x + from, count: g.inner)
            }
        }
    }

    /// Columns per tile of `scatterAdd`.
    private static let columns = 256

    /// y[o, indices[i], :] += x[o, i, :], in the order of the indices. x: (outer, indices, inner), y: (outer,
    /// size, inner) from `g`. Tiles split the columns, so that the order of each sum does not depend on the
    /// number of workers.
    package static func scatterAdd(
        _ x: UnsafePointer<Float>, _ indices: UnsafeBufferPointer<Int>, into y: UnsafeMutablePointer<Float>,
        _ g: ReductionGeometry
    ) {
        let pieces = (g.inner + columns - 1) / columns
        let grain = max(1, Elementwise.grain / max(1, indices.count * min(columns, g.inner)))
        WorkerPool.shared.run(total: g.outer * pieces, grain: grain) { range, _ in
            for tile in range {
                let (o, start) = (tile / pieces, tile % pieces * columns)
                let width = min(columns, g.inner - start)
                for (i, index) in indices.enumerated() {
                    let from = x + (o * indices.count + i) * g.inner + start
                    let to = y + (o * g.size + index) * g.inner + start
                    Elementwise.mapSerially(to, from, into: to, count: width) { $0 + $1 }
                }
            }
        }
    }

    /// y ← zeros with a 1 at each row's index. y: (indices, classes).
    package static func oneHot(
        _ indices: UnsafeBufferPointer<Int>, classes: Int, into y: UnsafeMutablePointer<Float>
    ) {
        Elementwise.fill(y, with: 0, count: indices.count * classes)
        for (row, index) in indices.enumerated() { y[row * classes + index] = 1 }
    }
}
