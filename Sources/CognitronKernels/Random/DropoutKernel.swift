// Dropout whose mask is a function of each element's position, so that the backward pass draws it again
// instead of storing it.

package enum DropoutKernel {
    /// y ← x with elements set to zero with probability `rate` and the others scaled by 1 / (1 − rate).
    /// `round` selects the mask. y may be x.
    package static func apply(
        _ philox: Philox, round: UInt64, rate: Float, _ x: UnsafePointer<Float>,
        into y: UnsafeMutablePointer<Float>, count: Int
    ) {
        let scale = 1 / (1 - rate)
        WorkerPool.shared.run(total: count, grain: Elementwise.grain) { range, _ in
            for i in stride(from: range.lowerBound, to: range.upperBound, by: 4) {
                let u = philox.uniforms(UInt64(i / 4), stream: round)
                for j in 0..<min(4, range.upperBound - i) { y[i + j] = u[j] < rate ? 0 : x[i + j] * scale }
            }
        }
    }
}
