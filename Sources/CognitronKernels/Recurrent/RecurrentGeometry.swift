/// The sizes of a recurrent layer's work, and how it is split into shares.
///
/// A share is some samples of the batch, which one worker takes through all steps, so that no step waits for
/// another worker. Shares are cut by the batch's size alone.
///
/// Arrays in *step order* have their rows by share, then by step, then by sample: the rows of one step are
/// contiguous, and so are those of several, for which one product does the input's part. Steps are numbered
/// in the order they are taken: backwards in time where `isReversed`.
package struct RecurrentGeometry {
    package let batch: Int, steps: Int, inputs: Int, units: Int
    package let isReversed: Bool
    /// Samples of a share; the last may have fewer.
    let shareSize: Int

    package init(batch: Int, steps: Int, inputs: Int, units: Int, isReversed: Bool) {
        (self.batch, self.steps, self.inputs, self.units) = (batch, steps, inputs, units)
        self.isReversed = isReversed
        // Four shares, so that a few workers are busy, of 8 to 32 rows: products with 16 rows reach 95 % of
        // the speed of those with 32, and with 8 rows 80 %.
        let quarter = (batch + 3) / 4
        shareSize = max(1, min(batch, 32, max(8, (quarter + 7) / 8 * 8)))
    }

    /// Rows of a product for the input's part of several steps.
    private static let blockRows = 128

    var shareCount: Int { (batch + shareSize - 1) / shareSize }

    /// The steps whose input part is one product.
    var blockSteps: Int { max(1, min(steps, Self.blockRows / shareSize)) }

    func samples(ofShare share: Int) -> Range<Int> {
        share * shareSize..<min(batch, (share + 1) * shareSize)
    }

    /// The blocks of steps, first to last.
    var blocks: [Range<Int>] {
        stride(from: 0, to: steps, by: blockSteps).map { $0..<min(steps, $0 + blockSteps) }
    }

    /// The place in time of a step.
    @inline(__always)
    func time(_ step: Int) -> Int { isReversed ? steps - 1 - step : step }

    /// The row of a step of a share in an array of N · T rows in step order.
    @inline(__always)
    func row(_ samples: Range<Int>, _ step: Int) -> Int { samples.lowerBound * steps + step * samples.count }

    /// The row of the state before a step, in an array that holds those of all steps and the last one's
    /// result: N · (T + 1) rows in step order.
    @inline(__always)
    func stateRow(_ samples: Range<Int>, _ step: Int) -> Int {
        samples.lowerBound * (steps + 1) + step * samples.count
    }

    /// y ← the rows of some steps of a share in step order. x: (N, T, C).
    func gather(
        _ x: UnsafePointer<Float>, _ samples: Range<Int>, _ block: Range<Int>,
        into y: UnsafeMutablePointer<Float>
    ) {
        var row = y
        for step in block {
            for sample in samples {
                row.update(from: x + (sample * steps + time(step)) * inputs, count: inputs)
                row += inputs
            }
        }
    }

    /// The inverse of `gather`. x: rows in step order, y: (N, T, C).
    func scatter(
        _ x: UnsafePointer<Float>, _ samples: Range<Int>, _ block: Range<Int>,
        into y: UnsafeMutablePointer<Float>
    ) {
        var row = x
        for step in block {
            for sample in samples {
                (y + (sample * steps + time(step)) * inputs).update(from: row, count: inputs)
                row += inputs
            }
        }
    }
}
