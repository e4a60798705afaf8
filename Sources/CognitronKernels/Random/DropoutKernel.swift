// Dropout's mask is drawn from the position of each element, so the backward pass draws it again instead of keeping
// it.

package enum DropoutKernel {
    /// y ← x with elements set to zero with probability `rate` and the others scaled by 1 / (1 − rate). `round` names
    /// the mask. y may be x.
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
