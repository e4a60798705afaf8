// Parallel loops over all elements. The operation is a closure over eight floats, inlined into the loop; the
// last elements go through the same closure, padded with zeros.

import Synchronization

package enum Elementwise {
    /// Elements per tile: 128 KiB of each operand, small enough to stay in a core's cache between two passes,
    /// large enough that scheduling a tile (about a microsecond) costs little.
    package static let grain = 1 << 15

    /// y ← f(x). `x` and `y` may be the same memory.
    @inlinable @inline(__always)
    package static func map(
        _ x: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>, count: Int,
        _ f: (Vector) -> Vector
    ) {
        WorkerPool.shared.run(total: count, grain: grain) { range, _ in
            mapSerially(x + range.lowerBound, into: y + range.lowerBound, count: range.count, f)
        }
    }

    /// z ← f(x, y). `z` may be `x` or `y`.
    @inlinable @inline(__always)
    package static func map(
        _ x: UnsafePointer<Float>, _ y: UnsafePointer<Float>, into z: UnsafeMutablePointer<Float>, count: Int,
        _ f: (Vector, Vector) -> Vector
    ) {
        WorkerPool.shared.run(total: count, grain: grain) { range, _ in
            let at = range.lowerBound
            mapSerially(x + at, y + at, into: z + at, count: range.count, f)
        }
    }

    @inlinable @inline(__always)
    package static func mapSerially(
        _ x: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>, count: Int,
        _ f: (Vector) -> Vector
    ) {
        var i = 0
        while i &+ Vector.width <= count {
            f(Vector(x + i)).store(y + i)
            i &+= Vector.width
        }
        if i < count { f(Vector(x + i, first: count - i)).store(y + i, first: count - i) }
    }

    @inlinable @inline(__always)
    package static func mapSerially(
        _ x: UnsafePointer<Float>, _ y: UnsafePointer<Float>, into z: UnsafeMutablePointer<Float>, count: Int,
        _ f: (Vector, Vector) -> Vector
    ) {
        var i = 0
        while i &+ Vector.width <= count {
            f(Vector(x + i), Vector(y + i)).store(z + i)
            i &+= Vector.width
        }
        if i < count {
            let rest = count - i
            f(Vector(x + i, first: rest), Vector(y + i, first: rest)).store(z + i, first: rest)
        }
    }

    /// x ← value.
    package static func fill(_ x: UnsafeMutablePointer<Float>, with value: Float, count: Int) {
        // Small arrays are frequent: skip the worker pool.
        guard count > grain else { return x.update(repeating: value, count: count) }
        WorkerPool.shared.run(total: count, grain: grain) { range, _ in
            (x + range.lowerBound).update(repeating: value, count: range.count)
        }
    }

    /// x ← factor · x. With factor 0, x may start undefined.
    static func scale(_ x: UnsafeMutablePointer<Float>, by factor: Float, count: Int) {
        switch factor {
        case 0: fill(x, with: 0, count: count)
        case 1: break
        default: map(x, into: x, count: count) { $0 * factor }
        }
    }

    /// Whether every element is finite.
    package static func isFinite(_ x: UnsafePointer<Float>, count: Int) -> Bool {
        let isFinite = Atomic<Bool>(true)
        WorkerPool.shared.run(total: count, grain: grain) { range, _ in
            guard isFinite.load(ordering: .relaxed) else { return }
            if !isFiniteSerially(x + range.lowerBound, count: range.count) {
                isFinite.store(false, ordering: .relaxed)
            }
        }
        return isFinite.load(ordering: .relaxed)
    }

    private static func isFiniteSerially(_ x: UnsafePointer<Float>, count: Int) -> Bool {
        // x · 0 is 0 for a finite x and NaN otherwise, and a sum keeps the NaN.
        var sum = Vector()
        var i = 0
        while i &+ Vector.width <= count {
            sum += Vector(x + i) * 0
            i &+= Vector.width
        }
        if i < count { sum += Vector(x + i, first: count - i) * 0 }
        return sum.sum() == 0
    }
}
