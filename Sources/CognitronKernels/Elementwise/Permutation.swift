// Permutes axes.

package enum Permutation {
    /// y ← x with its axes in the order `axes`. `sizes` are x's; y is row-major and contiguous too.
    package static func apply(
        _ x: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>, sizes: [Int], axes: [Int]
    ) {
        var strides = [Int](repeating: 1, count: sizes.count)
        for axis in stride(from: sizes.count - 2, through: 0, by: -1) {
            strides[axis] = strides[axis + 1] * sizes[axis + 1]
        }
        let outSizes = axes.map { sizes[$0] }
        let outStrides = axes.map { strides[$0] }
        let inner = outSizes.last ?? 1
        let innerStride = outStrides.last ?? 1
        let rows = outSizes.dropLast().reduce(1, *)
        WorkerPool.shared.run(total: rows, grain: max(1, Elementwise.grain / max(1, inner))) { range, _ in
            for row in range {
                var (rest, from) = (row, 0)
                for axis in stride(from: outSizes.count - 2, through: 0, by: -1) {
                    from += rest % outSizes[axis] * outStrides[axis]
                    rest /= outSizes[axis]
                }
                let out = y + row * inner
                if innerStride == 1 {
                    out.update(from: x + from, count: inner)
                } else {
                    for i in 0..<inner { out[i] = x[from + i * innerStride] }
                }
            }
        }
    }
}
