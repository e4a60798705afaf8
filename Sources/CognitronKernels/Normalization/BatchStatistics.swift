// The mean and variance of every channel of x (rows, channels).
//
// A block of rows stays in the cache between two passes: the mean, then the squared deviations, which avoids
// the cancellation of Σx² − (Σx)²/n. Blocks are merged in order by Chan's formula.

extension BatchNormalizationKernels {
    /// mean, variance ← the mean and the (biased) variance of every channel. Reads x from memory once.
    ///
    /// The mean of equal values is exact: with a variance of 0 its error would be multiplied by 1/√ε.
    ///
    /// - Parameter remainder: what rounding to `Float` takes from the mean.
    package static func statistics(
        _ x: UnsafePointer<Float>, rows: Int, channels: Int, mean: UnsafeMutablePointer<Float>,
        remainder: UnsafeMutablePointer<Float>? = nil, variance: UnsafeMutablePointer<Float>
    ) {
        let blocks = (rows + rowBlock - 1) / rowBlock
        let partial = Buffer(scratch: blocks * BlockStatistics.size(channels))
        WorkerPool.shared.run(total: rows, grain: rowBlock) { range, _ in
            blockStatistics(
                x + range.lowerBound * channels, range.count, channels,
                BlockStatistics(partial.pointer, block: range.lowerBound / rowBlock, channels))
        }
        withUnsafeTemporaryAllocation(of: Double.self, capacity: max(1, 2 * channels)) { totals in
            guard let means = totals.baseAddress else { return }
            let squares = means + channels
            means.update(repeating: 0, count: 2 * channels)
            for number in 0..<blocks {
                let block = BlockStatistics(partial.pointer, block: number, channels)
                let before = Double(number * rowBlock)
                let count = Double(min(rowBlock, rows - number * rowBlock))
                let share = count / (before + count)
                for c in 0..<channels {
                    let rest = Double(block.remainder[c])
                    let delta = Double(block.mean[c]) + rest - means[c]
                    means[c] += delta * share
                    // The block's squares are about its rounded mean.
                    squares[c] +=
                        Double(block.squares[c]) - count * rest * rest + delta * delta * before * share
                }
            }
            for c in 0..<channels {
                mean[c] = Float(means[c])
                remainder?[c] = Float(means[c] - Double(mean[c]))
                variance[c] = Float(squares[c] / Double(rows))
            }
        }
    }

    /// The statistics of one block of rows, each an array with an element per channel.
    private struct BlockStatistics {
        let mean: UnsafeMutablePointer<Float>
        /// What rounding takes from the mean.
        let remainder: UnsafeMutablePointer<Float>
        /// Σ (x − mean)²
        let squares: UnsafeMutablePointer<Float>

        /// Floats per block.
        static func size(_ channels: Int) -> Int { 3 * channels }

        init(_ blocks: UnsafeMutablePointer<Float>, block: Int, _ channels: Int) {
            mean = blocks + block * Self.size(channels)
            remainder = mean + channels
            squares = remainder + channels
        }
    }

    /// Sums differences from the first row to get the mean, which keeps precision where all values are large.
    private static func blockStatistics(
        _ x: UnsafePointer<Float>, _ rows: Int, _ channels: Int, _ block: BlockStatistics
    ) {
        let offset = block.remainder
        addRows(x, rows, channels, about: x, into: offset) { $0 }
        let scale = 1 / Double(rows)
        for c in 0..<channels {
            let mean = Double(x[c]) + Double(offset[c]) * scale
            block.mean[c] = Float(mean)
            block.remainder[c] = Float(mean - Double(block.mean[c]))
        }
        addRows(x, rows, channels, about: block.mean, into: block.squares) { $0 * $0 }
    }

    /// Rows added to each other before they are added to a sum: a quarter of the loads and stores.
    private static let rowGroup = 4

    /// sum ← Σ f(x − center) over the rows.
    @inline(__always)
    private static func addRows(
        _ x: UnsafePointer<Float>, _ rows: Int, _ channels: Int, about center: UnsafePointer<Float>,
        into sum: UnsafeMutablePointer<Float>, _ f: (Vector) -> Vector
    ) {
        @inline(__always) func add(_ row: Int, _ count: Int, _ c: Int, _ lanes: Int) {
            let middle = Vector(center + c, lanes: lanes)
            var terms = Vector()
            for k in 0..<count {
                terms += f(Vector(x + ((row &+ k) &* channels &+ c), lanes: lanes) - middle)
            }
            (Vector(sum + c, lanes: lanes) + terms).store(sum + c, lanes: lanes)
        }
        sum.update(repeating: 0, count: channels)
        let whole = rows - rows % rowGroup
        for row in stride(from: 0, to: whole, by: rowGroup) {
            @inline(__always) func addGroup(_ c: Int, lanes: Int) { add(row, rowGroup, c, lanes) }
            Vector.forEach(in: 0..<channels, addGroup)
        }
        for row in whole..<rows {
            @inline(__always) func addRow(_ c: Int, lanes: Int) { add(row, 1, c, lanes) }
            Vector.forEach(in: 0..<channels, addRow)
        }
    }
}
