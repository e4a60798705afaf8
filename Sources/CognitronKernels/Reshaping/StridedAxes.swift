// Loops over several strided arrays at once: slices, flips, repetitions and broadcasts.

/// The axes of a loop and each operand's strides. Merges axes that are contiguous in every operand, which
/// makes the innermost loop as long as possible.
package struct StridedAxes {
    /// Outermost first; never empty.
    let sizes: [Int]
    /// Per operand, the elements from one index to the next along each axis. May be 0 or negative.
    let strides: [[Int]]

    package init(_ sizes: [Int], _ strides: [[Int]]) {
        var merged: [Int] = []
        var mergedStrides = [[Int]](repeating: [], count: strides.count)
        for axis in sizes.indices.reversed() where sizes[axis] != 1 {
            let inner = merged.last
            if let inner,
                strides.indices.allSatisfy({ operand in
                    strides[operand][axis] == (mergedStrides[operand].last ?? 0) * inner
                })
            {
                merged[merged.count - 1] *= sizes[axis]
            } else {
                merged.append(sizes[axis])
                for operand in strides.indices { mergedStrides[operand].append(strides[operand][axis]) }
            }
        }
        self.sizes = merged.isEmpty ? [1] : merged.reversed()
        self.strides = merged.isEmpty ? strides.map { _ in [1] } : mergedStrides.map { $0.reversed() }
    }

    /// The length of the innermost axis.
    var inner: Int { sizes[sizes.count - 1] }

    /// An operand's stride along the innermost axis.
    func innerStride(_ operand: Int) -> Int { strides[operand][sizes.count - 1] }

    /// The offset of an operand's `row`; a row is one pass over the innermost axis.
    func offset(ofRow row: Int, _ operand: Int) -> Int {
        var (offset, rest) = (0, row)
        for axis in (0..<sizes.count - 1).reversed() {
            offset += rest % sizes[axis] * strides[operand][axis]
            rest /= sizes[axis]
        }
        return offset
    }

    /// Calls `body` with pieces of rows, in parallel and split by shape alone.
    @inline(__always)
    func forEachPiece(_ body: (_ row: Int, _ columns: Range<Int>) -> Void) {
        guard inner > 0 else { return }
        let rows = sizes.dropLast().reduce(1, *)
        let pieces = max(1, (inner + Elementwise.grain - 1) / Elementwise.grain)
        let grain = max(1, Elementwise.grain / max(1, inner))
        WorkerPool.shared.run(total: rows * pieces, grain: grain) { range, _ in
            for tile in range {
                let start = tile % pieces * Elementwise.grain
                body(tile / pieces, start..<min(inner, start + Elementwise.grain))
            }
        }
    }
}

package enum StridedCopy {
    /// y ← x, where `axes` holds the strides of x, then those of y. Both pointers address the first element
    /// of the loop, which is not the lowest address where a stride is negative.
    package static func copy(
        _ x: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>, _ axes: StridedAxes
    ) {
        let (xStep, yStep) = (axes.innerStride(0), axes.innerStride(1))
        axes.forEachPiece { row, columns in
            let from = x + axes.offset(ofRow: row, 0) + columns.lowerBound * xStep
            let to = y + axes.offset(ofRow: row, 1) + columns.lowerBound * yStep
            switch (xStep, yStep) {
            case (1, 1): to.update(from: from, count: columns.count)
            case (0, 1): to.update(repeating: from[0], count: columns.count)
            default: for i in 0..<columns.count { to[i &* yStep] = from[i &* xStep] }
            }
        }
    }
}

package enum Selection {
    /// z ← condition ≠ 0 ? a : b, where `axes` holds the strides of the three, each broadcast to z's shape. z
    /// is row-major.
    package static func select(
        _ condition: UnsafePointer<Float>, _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>,
        into z: UnsafeMutablePointer<Float>, _ axes: StridedAxes
    ) {
        let inner = axes.inner
        // After broadcasting, the innermost stride of each is 0 or 1.
        let (cStep, aStep, bStep) = (axes.innerStride(0), axes.innerStride(1), axes.innerStride(2))
        axes.forEachPiece { row, columns in
            let at = columns.lowerBound
            let c = condition + axes.offset(ofRow: row, 0) + at * cStep
            let a = a + axes.offset(ofRow: row, 1) + at * aStep
            let b = b + axes.offset(ofRow: row, 2) + at * bStep
            let out = z + row * inner + at
            Vector.forEach(in: 0..<columns.count) { i, lanes in
                let chosen = load(b, i, bStep, lanes)
                    .replacing(with: load(a, i, aStep, lanes), where: load(c, i, cStep, lanes) .!= 0)
                chosen.store(out + i, lanes: lanes)
            }
        }
    }

    @inline(__always)
    private static func load(_ x: UnsafePointer<Float>, _ i: Int, _ step: Int, _ lanes: Int) -> Vector {
        step == 0 ? Vector(repeating: x[0]) : Vector(x + i, lanes: lanes)
    }
}
