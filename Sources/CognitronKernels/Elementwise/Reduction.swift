// Sums, extremes and their indices along the middle axis of an array viewed as (outer, size, inner).

package struct ReductionGeometry {
    package var outer: Int
    package var size: Int
    package var inner: Int

    package init(outer: Int, size: Int, inner: Int) {
        (self.outer, self.size, self.inner) = (outer, size, inner)
    }

    /// Outer slices per tile, so that a tile reads about `Elementwise.grain` elements.
    var grain: Int { max(1, Elementwise.grain / max(1, size * inner)) }
}

package enum Reduction {
    /// Terms added in `Float` before they are added to a `Double`: keeps a sum of millions exact to a few
    /// units in the last place.
    private static let block = 128

    /// y ← the sum over the middle axis. x: (outer, size, inner), y: (outer, inner).
    package static func sum(
        _ x: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>, _ g: ReductionGeometry
    ) {
        WorkerPool.shared.run(total: g.outer, grain: g.grain) { range, _ in
            for o in range {
                let slice = x + o * g.size * g.inner
                if g.inner == 1 {
                    y[o] = Float(sum(slice, count: g.size))
                } else {
                    sumRows(slice, rows: g.size, columns: g.inner, into: y + o * g.inner)
                }
            }
        }
    }

    /// The sum of `count` contiguous values.
    package static func sum(_ x: UnsafePointer<Float>, count: Int) -> Double {
        var total = 0.0
        for start in stride(from: 0, to: count, by: block) {
            let end = min(start + block, count)
            var lanes = Vector()
            var i = start
            while i &+ Vector.width <= end {
                lanes += Vector(x + i)
                i &+= Vector.width
            }
            if i < end { lanes += Vector(x + i, first: end - i) }
            total += Double(lanes.sum())
        }
        return total
    }

    /// Rows per tile of `sumRows`.
    private static let rowBlock = 256

    /// y ← beta · y + the sum of the rows of x: (rows, columns). With beta 0, y may start undefined. Sums
    /// blocks of 256 rows, then the blocks' sums in the same way: no `Float` accumulates more than 256 terms,
    /// and the order is the same for any number of workers.
    package static func sumRows(
        _ x: UnsafePointer<Float>, rows: Int, columns: Int, into y: UnsafeMutablePointer<Float>,
        beta: Float = 0
    ) {
        Elementwise.scale(y, by: beta, count: columns)
        let blocks = (rows + rowBlock - 1) / rowBlock
        guard blocks > 1 else {
            addColumnsInParallel(x, rows: rows, columns: columns, into: y)
            return
        }
        let partial = Buffer(scratch: blocks * columns)
        WorkerPool.shared.run(total: rows, grain: rowBlock) { range, _ in
            let sums = partial.pointer + range.lowerBound / rowBlock * columns
            sums.update(repeating: 0, count: columns)
            addRows(x, range, columns, into: sums)
        }
        sumRows(partial.pointer, rows: blocks, columns: columns, into: y, beta: 1)
    }

    /// For few long rows: splits the columns among the workers.
    private static func addColumnsInParallel(
        _ x: UnsafePointer<Float>, rows: Int, columns: Int, into y: UnsafeMutablePointer<Float>
    ) {
        guard columns > Elementwise.grain else {
            addRows(x, 0..<rows, columns, into: y)
            return
        }
        WorkerPool.shared.run(total: columns, grain: Elementwise.grain / 4) { range, _ in
            let sum = y + range.lowerBound
            for row in 0..<rows {
                let part = x + row * columns + range.lowerBound
                Elementwise.mapSerially(sum, part, into: sum, count: range.count) { $0 + $1 }
            }
        }
    }

    private static func addRows(
        _ x: UnsafePointer<Float>, _ rows: Range<Int>, _ columns: Int, into y: UnsafeMutablePointer<Float>
    ) {
        guard columns < RowGroup.narrow && rows.count >= RowGroup.size else {
            addRowByRow(x, rows, columns, into: y)
            return
        }
        let wide = columns * RowGroup.size
        let groups = rows.count / RowGroup.size
        let first = x + rows.lowerBound * columns
        withUnsafeTemporaryAllocation(of: Float.self, capacity: wide) { sums in
            guard let sum = sums.baseAddress else { return }
            sum.update(repeating: 0, count: wide)
            addRowByRow(first, 0..<groups, wide, into: sum)
            addRowByRow(sum, 0..<RowGroup.size, columns, into: y)
        }
        addRowByRow(first + groups * wide, 0..<rows.count % RowGroup.size, columns, into: y)
    }

    private static func addRowByRow(
        _ x: UnsafePointer<Float>, _ rows: Range<Int>, _ columns: Int, into y: UnsafeMutablePointer<Float>
    ) {
        for row in rows { Elementwise.mapSerially(y, x + row * columns, into: y, count: columns) { $0 + $1 } }
    }

    /// y ← the largest (or smallest) along the middle axis, NaN if any value is NaN; index ← its first index.
    package static func extreme(
        _ x: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>?, index: UnsafeMutablePointer<Float>?,
        _ g: ReductionGeometry, largest: Bool
    ) {
        WorkerPool.shared.run(total: g.outer, grain: g.grain) { range, _ in
            for o in range {
                for i in 0..<g.inner {
                    let lane = x + o * g.size * g.inner + i
                    var best = lane[0]
                    var place = 0
                    for k in 1..<max(1, g.size) where !best.isNaN {
                        let value = lane[k * g.inner]
                        if value.isNaN || (largest ? value > best : value < best) {
                            (best, place) = (value, k)
                        }
                    }
                    y?[o * g.inner + i] = best
                    index?[o * g.inner + i] = Float(place)
                }
            }
        }
    }
}
