// Dropout whose mask is a function of each element's position, so that the backward pass draws it again
// instead of storing it.

package enum DropoutKernel {
    /// y ← x with elements set to zero with probability `rate` and the others scaled by 1 / (1 − rate).
    /// `round` selects the mask. y may be x.
    package static func apply(
        _ philox: Philox, round: UInt64, rate: Float, _ x: UnsafePointer<Float>,
        into y: UnsafeMutablePointer<Float>, count: Int
    ) {
        WorkerPool.shared.run(total: count, grain: Elementwise.grain) { range, _ in
            applySerially(
                philox, round: round, rate: rate, x + range.lowerBound, into: y + range.lowerBound,
                count: range.count, first: range.lowerBound / 4)
        }
    }

    /// The same on the calling thread alone.
    ///
    /// - Parameter first: the position of the first element in units of four elements.
    static func applySerially(
        _ philox: Philox, round: UInt64, rate: Float, _ x: UnsafePointer<Float>,
        into y: UnsafeMutablePointer<Float>, count: Int, first: Int
    ) {
        let scale = 1 / (1 - rate)
        for i in stride(from: 0, to: count, by: 4) {
            let u = philox.uniforms(UInt64(first + i / 4), stream: round)
            for j in 0..<min(4, count - i) { y[i + j] = u[j] < rate ? 0 : x[i + j] * scale }
        }
    }
}
