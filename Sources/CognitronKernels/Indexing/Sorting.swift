// Sorting along the middle axis of an array viewed as (outer, size, inner).

package enum Sorting {
    /// values ← the first `count` elements along the middle axis in sorted order, indices ← their positions.
    /// x: (outer, size, inner) from `g`, values and indices: (outer, count, inner).
    ///
    /// The sort is stable, with +0 and −0 equal. NaN is larger than every number: last in ascending order,
    /// first in descending.
    package static func sort(
        _ x: UnsafePointer<Float>, _ g: ReductionGeometry, first count: Int, descending: Bool,
        values: UnsafeMutablePointer<Float>?, indices: UnsafeMutablePointer<Float>?
    ) {
        let grain = max(1, Elementwise.grain / 16 / max(1, g.size))
        WorkerPool.shared.run(total: g.outer * g.inner, grain: grain) { range, _ in
            withUnsafeTemporaryAllocation(of: UInt64.self, capacity: max(1, g.size)) { keys in
                for lane in range {
                    let (o, i) = (lane / g.inner, lane % g.inner)
                    let from = x + o * g.size * g.inner + i
                    for k in 0..<g.size { keys[k] = key(from[k * g.inner], k, descending: descending) }
                    order(UnsafeMutableBufferPointer(rebasing: keys[..<g.size]), first: count)
                    for k in 0..<count {
                        let index = Int(truncatingIfNeeded: keys[k] & 0xffff_ffff)
                        let to = (o * count + k) * g.inner + i
                        values?[to] = from[index * g.inner]
                        indices?[to] = Float(index)
                    }
                }
            }
        }
    }

    /// Packs a sortable image of the element into the upper half and the index into the lower half, which
    /// keeps equal elements in order.
    @inline(__always)
    private static func key(_ value: Float, _ index: Int, descending: Bool) -> UInt64 {
        var order: UInt32 = .max
        if !value.isNaN {
            // The bit patterns of negative floats sort in reverse.
            let bits = value == 0 ? 0 : value.bitPattern
            order = bits >> 31 == 1 ? ~bits : bits | 1 << 31
        }
        return UInt64(descending ? ~order : order) << 32 | UInt64(truncatingIfNeeded: index)
    }

    /// Moves the `count` smallest keys, sorted, to the front; the order of the others is undefined.
    private static func order(_ keys: UnsafeMutableBufferPointer<UInt64>, first count: Int) {
        guard count > 0 else { return }
        var front = UnsafeMutableBufferPointer(rebasing: keys[..<count])
        if count < keys.count {
            // A max-heap of the smallest keys so far.
            for root in (0..<count / 2).reversed() { sink(front, root) }
            for k in count..<keys.count where keys[k] < front[0] {
                swap(&keys[k], &front[0])
                sink(front, 0)
            }
        }
        front.sort()
    }

    /// Restores the heap by moving the key at `start` down.
    private static func sink(_ heap: UnsafeMutableBufferPointer<UInt64>, _ start: Int) {
        var parent = start
        while 2 * parent + 1 < heap.count {
            var child = 2 * parent + 1
            if child + 1 < heap.count && heap[child + 1] > heap[child] { child += 1 }
            guard heap[child] > heap[parent] else { return }
            heap.swapAt(parent, child)
            parent = child
        }
    }
}
