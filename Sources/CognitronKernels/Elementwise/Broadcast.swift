// Elementwise operations with broadcasting: axes of size 1 are repeated (NumPy's rules).

/// The broadcast of two shapes, with axes merged where both operands are contiguous: `(128, 32, 32, 64) +
/// (64)` becomes 131072 rows of 64.
package struct BroadcastPlan {
    package let shape: [Int]  // of the result
    /// Merged axes, innermost first.
    private let inner: Axis
    private let outer: [Axis]

    private struct Axis {
        var size: Int
        var aStride: Int
        var bStride: Int
    }

    /// nil where the shapes cannot be broadcast.
    package init?(_ a: [Int], _ b: [Int]) {
        let rank = max(a.count, b.count)
        /// The size of the result's axis in an operand, which may lack the first ones.
        func size(_ axis: Int, _ operand: [Int]) -> Int {
            let missing = rank - operand.count
            return axis < missing ? 1 : operand[axis - missing]
        }
        var (aStride, bStride) = (1, 1)
        var merged: Axis?
        var outer: [Axis] = []
        var inner: Axis?
        var isShapeOfA = a.count == rank
        for axis in (0..<rank).reversed() {
            let (sa, sb) = (size(axis, a), size(axis, b))
            guard sa == sb || sa == 1 || sb == 1 else { return nil }
            let result = sa == 1 ? sb : sa
            isShapeOfA = isShapeOfA && result == sa
            guard result != 1 else { continue }
            let next = Axis(size: result, aStride: sa == 1 ? 0 : aStride, bStride: sb == 1 ? 0 : bStride)
            aStride *= sa
            bStride *= sb
            guard let last = merged else {
                merged = next
                continue
            }
            if next.aStride == last.aStride * last.size, next.bStride == last.bStride * last.size {
                merged?.size *= result
            } else {
                if inner == nil { inner = last } else { outer.append(last) }
                merged = next
            }
        }
        if let merged { if inner == nil { inner = merged } else { outer.append(merged) } }
        self.inner = inner ?? Axis(size: 1, aStride: 1, bStride: 1)
        self.outer = outer
        shape = isShapeOfA ? a : (0..<rank).map { size($0, a) == 1 ? size($0, b) : size($0, a) }
    }

    /// z ← f(a, b) over the result's shape. `z` may be an operand of that shape.
    @inline(__always)
    func apply(
        _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, into z: UnsafeMutablePointer<Float>,
        _ f: (Vector, Vector) -> Vector
    ) {
        let (inner, aInner, bInner) = (inner.size, inner.aStride, inner.bStride)
        let rows = outer.reduce(1) { $0 * $1.size }
        if rows == 1 && aInner == 1 && bInner == 1 {
            Elementwise.map(a, b, into: z, count: inner, f)
            return
        }
        WorkerPool.shared.run(total: rows, grain: max(1, Elementwise.grain / max(inner, 1))) { range, _ in
            for row in range {
                let (aRow, bRow) = offsets(ofRow: row)
                let out = z + row * inner
                switch (aInner, bInner) {
                case (1, 1):
                    Elementwise.mapSerially(a + aRow, b + bRow, into: out, count: inner, f)
                case (1, _):
                    let y = Vector(repeating: b[bRow])
                    Elementwise.mapSerially(a + aRow, into: out, count: inner) { f($0, y) }
                case (_, 1):
                    let x = Vector(repeating: a[aRow])
                    Elementwise.mapSerially(b + bRow, into: out, count: inner) { f(x, $0) }
                default:
                    out.update(
                        repeating: f(Vector(repeating: a[aRow]), Vector(repeating: b[bRow]))[0], count: inner)
                }
            }
        }
    }

    /// The offsets of both operands for one element of the result.
    func offsets(ofElement index: Int) -> (a: Int, b: Int) {
        let (a, b) = offsets(ofRow: index / inner.size)
        let column = index % inner.size
        return (a + column * inner.aStride, b + column * inner.bStride)
    }

    private func offsets(ofRow row: Int) -> (a: Int, b: Int) {
        var (a, b, rest) = (0, 0, row)
        for axis in outer {
            let index = rest % axis.size
            rest /= axis.size
            a += index * axis.aStride
            b += index * axis.bStride
        }
        return (a, b)
    }
}

extension BroadcastPlan {
    /// Comparisons give 1 where they hold and 0 elsewhere.
    package enum Operation {
        case add, subtract, multiply, divide, minimum, maximum
        case less, lessOrEqual, greater, greaterOrEqual, equal, notEqual
        /// a where it is positive, a · b elsewhere; and the derivative of that by a.
        case rectify, rectifierSlope
    }

    /// z ← a ∘ b. The minimum and maximum are NaN where an operand is.
    package func apply(
        _ operation: Operation, _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>,
        into z: UnsafeMutablePointer<Float>
    ) {
        switch operation {
        case .add: apply(a, b, into: z) { $0 + $1 }
        case .subtract: apply(a, b, into: z) { $0 - $1 }
        case .multiply: apply(a, b, into: z) { $0 * $1 }
        case .divide: apply(a, b, into: z) { $0 / $1 }
        case .minimum: apply(a, b, into: z) { $0.smaller($1) }
        case .maximum: apply(a, b, into: z) { $0.larger($1) }
        case .less: apply(a, b, into: z) { .one(where: $0 .< $1) }
        case .lessOrEqual: apply(a, b, into: z) { .one(where: $0 .<= $1) }
        case .greater: apply(a, b, into: z) { .one(where: $0 .> $1) }
        case .greaterOrEqual: apply(a, b, into: z) { .one(where: $0 .>= $1) }
        case .equal: apply(a, b, into: z) { .one(where: $0 .== $1) }
        case .notEqual: apply(a, b, into: z) { .one(where: $0 .!= $1) }
        case .rectify: apply(a, b, into: z) { $0.replacing(with: $0 * $1, where: $0 .<= 0) }
        case .rectifierSlope:
            apply(a, b, into: z) { Vector(repeating: 1).replacing(with: $1, where: $0 .<= 0) }
        }
    }
}
