// Elementwise operations with broadcasting: axes of size 1 are repeated (NumPy's rules).

/// The broadcast of two shapes, with axes merged where both operands are contiguous: `(128, 32, 32, 64) +
/// (64)` becomes 131072 rows of 64.
package struct BroadcastPlan {
    package let shape: [Int]  // of the result
    let sizes: [Int]  // merged axes, outermost first; never empty
    let aStrides: [Int]
    let bStrides: [Int]

    /// nil where the shapes cannot be broadcast.
    package init?(_ a: [Int], _ b: [Int]) {
        let rank = max(a.count, b.count)
        let a = Array(repeating: 1, count: rank - a.count) + a
        let b = Array(repeating: 1, count: rank - b.count) + b
        guard zip(a, b).allSatisfy({ $0 == $1 || $0 == 1 || $1 == 1 }) else { return nil }
        shape = zip(a, b).map { $0 == 1 ? $1 : $0 }
        var sizes: [Int] = []
        var aStrides: [Int] = []
        var bStrides: [Int] = []
        var (aStride, bStride) = (1, 1)
        for axis in (0..<rank).reversed() where shape[axis] != 1 {
            let (sa, sb) = (a[axis] == 1 ? 0 : aStride, b[axis] == 1 ? 0 : bStride)
            if let inner = sizes.last, sa == aStrides[sizes.count - 1] * inner,
                sb == bStrides[sizes.count - 1] * inner
            {
                sizes[sizes.count - 1] *= shape[axis]
            } else {
                sizes.append(shape[axis])
                aStrides.append(sa)
                bStrides.append(sb)
            }
            aStride *= a[axis]
            bStride *= b[axis]
        }
        self.sizes = sizes.isEmpty ? [1] : sizes.reversed()
        self.aStrides = sizes.isEmpty ? [1] : aStrides.reversed()
        self.bStrides = sizes.isEmpty ? [1] : bStrides.reversed()
    }

    /// z ← f(a, b) over the result's shape. `z` may be an operand of that shape.
    @inline(__always)
    func apply(
        _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, into z: UnsafeMutablePointer<Float>,
        _ f: (Vector, Vector) -> Vector
    ) {
        let inner = sizes[sizes.count - 1]
        let rows = sizes.dropLast().reduce(1, *)
        let (aInner, bInner) = (aStrides[sizes.count - 1], bStrides[sizes.count - 1])
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
        let last = sizes.count - 1
        let (a, b) = offsets(ofRow: index / sizes[last])
        let column = index % sizes[last]
        return (a + column * aStrides[last], b + column * bStrides[last])
    }

    private func offsets(ofRow row: Int) -> (a: Int, b: Int) {
        var (a, b, rest) = (0, 0, row)
        for axis in (0..<sizes.count - 1).reversed() {
            let index = rest % sizes[axis]
            rest /= sizes[axis]
            a += index * aStrides[axis]
            b += index * bStrides[axis]
        }
        return (a, b)
    }
}

extension BroadcastPlan {
    /// Comparisons give 1 where they hold and 0 elsewhere.
    package enum Operation {
        case add, subtract, multiply, divide, minimum, maximum
        case less, lessOrEqual, greater, greaterOrEqual, equal, notEqual
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
        }
    }
}
