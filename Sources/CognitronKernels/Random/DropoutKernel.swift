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
        var done = 0
        withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 4 * lanes) { scratch in
            guard let words = scratch.baseAddress else { return }
            // A number n · 2⁻²⁴ is below the rate where n is below this.
            let limit = UInt32((rate * 0x1p24).rounded(.up))
            while done &+ 4 &* lanes <= count {
                philox.fillBlocks(UInt64(first &+ done / 4), stream: round, lanes: lanes, into: words)
                for lane in 0..<lanes {
                    let (x, y) = (x + done + 4 &* lane, y + done + 4 &* lane)
                    y[0] = words[lane] >> 8 < limit ? 0 : x[0] * scale
                    y[1] = words[lane &+ lanes] >> 8 < limit ? 0 : x[1] * scale
                    y[2] = words[lane &+ 2 &* lanes] >> 8 < limit ? 0 : x[2] * scale
                    y[3] = words[lane &+ 3 &* lanes] >> 8 < limit ? 0 : x[3] * scale
                }
                done &+= 4 &* lanes
            }
        }
        for i in stride(from: done, to: count, by: 4) {
            let u = philox.uniforms(UInt64(first + i / 4), stream: round)
            for j in 0..<min(4, count - i) { y[i + j] = u[j] < rate ? 0 : x[i + j] * scale }
        }
    }

    /// Blocks of random numbers that are drawn together.
    private static let lanes = 64
}
