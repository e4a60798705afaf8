// Batch normalisation over the rows of a matrix: x (rows, channels), every channel by its own mean and variance.
//
// Ioffe and Szegedy, "Batch Normalization: Accelerating Deep Network Training by Reducing Internal Covariate Shift"
// (2015).

package enum BatchNormalizationKernels {
    /// Rows whose statistics are taken at a time, in cache: their mean first, then the squares about that mean, which
    /// loses no digits the way Σx² − (Σx)²/n does. Blocks are joined in order by Chan's formula.
    private static let rowBlock = 256

    /// mean, variance ← the mean and the (biased) variance of every channel. Reads x from memory once.
    package static func statistics(
        _ x: UnsafePointer<Float>, rows: Int, channels: Int, mean: UnsafeMutablePointer<Float>,
        variance: UnsafeMutablePointer<Float>
    ) {
        let blocks = (rows + rowBlock - 1) / rowBlock
        let partial = Buffer(blocks * 2 * channels)  // of each block: the mean, and the squares about it
        WorkerPool.shared.run(total: rows, grain: rowBlock) { range, _ in
            let blockMean = partial.pointer + range.lowerBound / rowBlock * 2 * channels
            blockStatistics(
                x + range.lowerBound * channels, range.count, channels, blockMean, blockMean + channels)
        }
        mean.update(repeating: 0, count: channels)
        variance.update(repeating: 0, count: channels)
        for block in 0..<blocks {
            let blockMean = partial.pointer + block * 2 * channels
            let count = Float(min(rowBlock, rows - block * rowBlock))
            let before = Float(block * rowBlock)
            for c in 0..<channels {
                let delta = blockMean[c] - mean[c]
                mean[c] += delta * count / (before + count)
                variance[c] += blockMean[channels + c] + delta * delta * before * count / (before + count)
            }
        }
        for c in 0..<channels { variance[c] /= Float(rows) }
    }

    private static func blockStatistics(
        _ x: UnsafePointer<Float>, _ rows: Int, _ channels: Int, _ mean: UnsafeMutablePointer<Float>,
        _ squares: UnsafeMutablePointer<Float>
    ) {
        mean.update(repeating: 0, count: channels)
        squares.update(repeating: 0, count: channels)
        for row in 0..<rows {
            Elementwise.mapSerially(mean, x + row * channels, into: mean, count: channels) { $0 + $1 }
        }
        let scale = 1 / Float(rows)
        for c in 0..<channels { mean[c] *= scale }
        var c = 0
        while c < channels {
            let lanes = min(Vector.width, channels - c)
            let center = Vector(mean + c, first: lanes)
            var sum = Vector()
            for row in 0..<rows {
                let at = x + row &* channels + c
                let d = (lanes == Vector.width ? Vector(at) : Vector(at, first: lanes)) - center
                sum += d * d
            }
            sum.store(squares + c, first: lanes)
            c += Vector.width
        }
    }

    /// y ← x · scale + shift, channel by channel. y may be x.
    package static func apply(
        _ x: UnsafePointer<Float>, rows: Int, channels: Int, scale: UnsafePointer<Float>,
        shift: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>
    ) {
        WorkerPool.shared.run(total: rows, grain: max(1, Elementwise.grain / max(1, channels))) { range, _ in
            for row in range {
                let (source, target) = (x + row &* channels, y + row &* channels)
                var c = 0
                while c &+ Vector.width <= channels {
                    (Vector(source + c) * Vector(scale + c) + Vector(shift + c)).store(target + c)
                    c &+= Vector.width
                }
                while c < channels {
                    target[c] = source[c] * scale[c] + shift[c]
                    c &+= 1
                }
            }
        }
    }

    /// sumDy ← Σ dy and sumDyX ← Σ dy · (x − mean) · inverseDeviation over the rows: the gradients of beta and gamma.
    package static func gradientSums(
        _ x: UnsafePointer<Float>, _ dy: UnsafePointer<Float>, rows: Int, channels: Int,
        mean: UnsafePointer<Float>, inverseDeviation: UnsafePointer<Float>,
        sumDy: UnsafeMutablePointer<Float>,
        sumDyX: UnsafeMutablePointer<Float>
    ) {
        let blocks = (rows + rowBlock - 1) / rowBlock
        let partial = Buffer(blocks * 2 * channels)
        WorkerPool.shared.run(total: rows, grain: rowBlock) { range, _ in
            let sums = partial.pointer + range.lowerBound / rowBlock * 2 * channels
            var c = 0
            while c < channels {
                let lanes = min(Vector.width, channels - c)
                let center = Vector(mean + c, first: lanes)
                var (first, second) = (Vector(), Vector())
                for row in range {
                    let at = row &* channels &+ c
                    let gradient = lanes == Vector.width ? Vector(dy + at) : Vector(dy + at, first: lanes)
                    let value = lanes == Vector.width ? Vector(x + at) : Vector(x + at, first: lanes)
                    first += gradient
                    second += gradient * (value - center)
                }
                first.store(sums + c, first: lanes)
                second.store(sums + channels + c, first: lanes)
                c += Vector.width
            }
        }
        let total = Buffer(2 * channels)
        Reduction.sumRows(partial.pointer, rows: blocks, columns: 2 * channels, into: total.pointer)
        for c in 0..<channels {
            sumDy[c] = total.pointer[c]
            sumDyX[c] = total.pointer[channels + c] * inverseDeviation[c]
        }
    }

    /// dx ← a · dy + b · x + d with one a, b and d a channel: the gradient through the batch's own statistics,
    ///
    ///     dx = γ/σ · (dy − Σdy/M − x̂ · Σ(dy·x̂)/M)
    ///
    /// multiplied out. dx may be dy.
    package static func backward(
        _ x: UnsafePointer<Float>, _ dy: UnsafePointer<Float>, rows: Int, channels: Int,
        a: UnsafePointer<Float>, b: UnsafePointer<Float>, d: UnsafePointer<Float>,
        into dx: UnsafeMutablePointer<Float>
    ) {
        WorkerPool.shared.run(total: rows, grain: max(1, Elementwise.grain / max(1, channels))) { range, _ in
            for row in range {
                let at = row &* channels
                var c = 0
                while c &+ Vector.width <= channels {
                    let fromGradient = Vector(a + c) * Vector(dy + (at &+ c))
                    let fromInput = Vector(b + c) * Vector(x + (at &+ c))
                    (fromGradient + fromInput + Vector(d + c)).store(dx + (at &+ c))
                    c &+= Vector.width
                }
                while c < channels {
                    dx[at &+ c] = a[c] * dy[at &+ c] + b[c] * x[at &+ c] + d[c]
                    c &+= 1
                }
            }
        }
    }
}
