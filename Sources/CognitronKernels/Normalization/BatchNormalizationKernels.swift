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
        // Of each block: the mean, and the squares about it.
        let partial = Buffer(scratch: blocks * 2 * channels)
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

    /// y ← x · scale + shift + residual, channel by channel; rectified, y ← max(0, that). y may be x or the residual.
    package static func apply(
        _ x: UnsafePointer<Float>, rows: Int, channels: Int, scale: UnsafePointer<Float>,
        shift: UnsafePointer<Float>, residual: UnsafePointer<Float>? = nil, isRectified: Bool = false,
        into y: UnsafeMutablePointer<Float>
    ) {
        let parameters = (scale, shift)
        switch (residual, isRectified) {
        case (nil, false): apply(x, x, rows, channels, parameters, into: y) { z, _ in z }
        case (nil, true): apply(x, x, rows, channels, parameters, into: y) { z, _ in z.raised(to: Vector()) }
        case (let r?, false): apply(x, r, rows, channels, parameters, into: y) { $0 + $1 }
        case (let r?, true):
            apply(x, r, rows, channels, parameters, into: y) { ($0 + $1).raised(to: Vector()) }
        }
    }

    /// y ← f(x · scale + shift, r)
    @inline(__always)
    private static func apply(
        _ x: UnsafePointer<Float>, _ r: UnsafePointer<Float>, _ rows: Int, _ channels: Int,
        _ parameters: (scale: UnsafePointer<Float>, shift: UnsafePointer<Float>),
        into y: UnsafeMutablePointer<Float>, _ f: (Vector, Vector) -> Vector
    ) {
        let (scale, shift) = parameters
        let isFresh = UnsafePointer(y) != x && UnsafePointer(y) != r
        let streamed = isFresh && Streaming.suits(y, count: rows * channels, columns: channels)
        WorkerPool.shared.run(total: rows, grain: max(1, Elementwise.grain / max(1, channels))) { range, _ in
            for row in range {
                let at = row &* channels
                var c = 0
                while c &+ Vector.width <= channels {
                    let z = Vector(x + (at &+ c)) * Vector(scale + c) + Vector(shift + c)
                    f(z, Vector(r + (at &+ c))).store(y + (at &+ c), streamed: streamed)
                    c &+= Vector.width
                }
                if c < channels {
                    let rest = channels &- c
                    let z =
                        Vector(x + (at &+ c), first: rest) * Vector(scale + c, first: rest)
                        + Vector(shift + c, first: rest)
                    f(z, Vector(r + (at &+ c), first: rest)).store(y + (at &+ c), first: rest)
                }
            }
            Streaming.end()
        }
    }

    /// Scale and shift of a normalisation that was rectified: gradients pass where x · scale + shift > 0.
    package typealias Gate = (scale: UnsafePointer<Float>, shift: UnsafePointer<Float>)

    /// sumDy ← Σ dy and sumDyX ← Σ dy · (x − mean) · inverseDeviation over the rows: the gradients of beta and gamma.
    ///
    /// - Parameter gate: where given, dy counts as 0 where it is closed.
    package static func gradientSums(
        _ x: UnsafePointer<Float>, _ dy: UnsafePointer<Float>, rows: Int, channels: Int, gate: Gate? = nil,
        mean: UnsafePointer<Float>, inverseDeviation: UnsafePointer<Float>,
        sumDy: UnsafeMutablePointer<Float>,
        sumDyX: UnsafeMutablePointer<Float>
    ) {
        let blocks = (rows + rowBlock - 1) / rowBlock
        let partial = Buffer(scratch: blocks * 2 * channels)
        let job = BlockSums(x: x, dy: dy, channels: channels, mean: mean, gate: gate)
        WorkerPool.shared.run(total: rows, grain: rowBlock) { range, _ in
            job.sum(range, into: partial.pointer + range.lowerBound / rowBlock * 2 * channels)
        }
        let total = Buffer(scratch: 2 * channels)
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
    ///
    /// - Parameter gate: where given, dy counts as 0 where it is closed.
    package static func backward(
        _ x: UnsafePointer<Float>, _ dy: UnsafePointer<Float>, rows: Int, channels: Int, gate: Gate? = nil,
        a: UnsafePointer<Float>, b: UnsafePointer<Float>, d: UnsafePointer<Float>,
        into dx: UnsafeMutablePointer<Float>
    ) {
        let factors = (a, b, d)
        let isFresh = UnsafePointer(dx) != dy
        let streamed = isFresh && Streaming.suits(dx, count: rows * channels, columns: channels)
        WorkerPool.shared.run(total: rows, grain: max(1, Elementwise.grain / max(1, channels))) { range, _ in
            if let gate {
                backward(x, dy, range, channels, factors, into: dx, streamed) { dy, x, c, lanes in
                    dy.passed(
                        where: x * Vector(gate.scale + c, lanes: lanes) + Vector(gate.shift + c, lanes: lanes)
                    )
                }
            } else {
                backward(x, dy, range, channels, factors, into: dx, streamed) { dy, _, _, _ in dy }
            }
            Streaming.end()
        }
    }

    /// The rows of one tile; the gradient passes `gate`.
    @inline(__always)
    private static func backward(
        _ x: UnsafePointer<Float>, _ dy: UnsafePointer<Float>, _ rows: Range<Int>, _ channels: Int,
        _ factors: (a: UnsafePointer<Float>, b: UnsafePointer<Float>, d: UnsafePointer<Float>),
        into dx: UnsafeMutablePointer<Float>, _ streamed: Bool,
        gate: (_ dy: Vector, _ x: Vector, _ channel: Int, _ lanes: Int) -> Vector
    ) {
        let (a, b, d) = factors
        // Whole vectors and the rest of a row are two calls, so that the loop over the former knows its lanes.
        @inline(__always) func pass(_ at: Int, _ c: Int, lanes: Int) {
            let value = Vector(x + at, lanes: lanes)
            let gradient = gate(Vector(dy + at, lanes: lanes), value, c, lanes)
            let result =
                Vector(a + c, lanes: lanes) * gradient + Vector(b + c, lanes: lanes) * value
                + Vector(d + c, lanes: lanes)
            result.store(dx + at, lanes: lanes, streamed: streamed)
        }
        for row in rows {
            let at = row &* channels
            var c = 0
            while c &+ Vector.width <= channels {
                pass(at &+ c, c, lanes: Vector.width)
                c &+= Vector.width
            }
            if c < channels { pass(at &+ c, c, lanes: channels &- c) }
        }
    }
}

/// Σ dy and Σ dy · (x − mean) over some rows.
private struct BlockSums {
    let x: UnsafePointer<Float>
    let dy: UnsafePointer<Float>
    let channels: Int
    let mean: UnsafePointer<Float>
    let gate: BatchNormalizationKernels.Gate?

    /// Rows whose x and dy stay in the first-level cache while vector after vector of their channels is summed.
    private static let rowsInCache = 32

    /// sums ← Σ dy, then Σ dy · (x − mean), of every channel.
    func sum(_ rows: Range<Int>, into sums: UnsafeMutablePointer<Float>) {
        sums.update(repeating: 0, count: 2 * channels)
        for start in stride(from: rows.lowerBound, to: rows.upperBound, by: Self.rowsInCache) {
            let part = start..<min(start + Self.rowsInCache, rows.upperBound)
            for c in stride(from: 0, to: channels, by: Vector.width) {
                let lanes = min(Vector.width, channels - c)
                if lanes == Vector.width {
                    sum(part, c, into: sums) { Vector($0) }
                } else {
                    sum(part, c, into: sums) { Vector($0, first: lanes) }
                }
            }
        }
    }

    @inline(__always)
    private func sum(
        _ rows: Range<Int>, _ c: Int, into sums: UnsafeMutablePointer<Float>,
        load: (UnsafePointer<Float>) -> Vector
    ) {
        guard let gate else { return sum(rows, c, into: sums, load: load) { dy, _ in dy } }
        let (scale, shift) = (load(gate.scale + c), load(gate.shift + c))
        sum(rows, c, into: sums, load: load) { dy, x in dy.passed(where: x * scale + shift) }
    }

    @inline(__always)
    private func sum(
        _ rows: Range<Int>, _ c: Int, into sums: UnsafeMutablePointer<Float>,
        load: (UnsafePointer<Float>) -> Vector, gate: (_ dy: Vector, _ x: Vector) -> Vector
    ) {
        let center = load(mean + c)
        let lanes = min(Vector.width, channels - c)
        var first = Vector(sums + c, lanes: lanes)
        var second = Vector(sums + channels + c, lanes: lanes)
        for row in rows {
            let at = row &* channels &+ c
            let value = load(x + at)
            let gradient = gate(load(dy + at), value)
            first += gradient
            second += gradient * (value - center)
        }
        first.store(sums + c, lanes: lanes)
        second.store(sums + channels + c, lanes: lanes)
    }
}

extension Vector {
    /// The lanes where `gate` is positive, and zeros.
    @inline(__always)
    func passed(where gate: Vector) -> Vector { replacing(with: 0, where: gate .<= 0) }
}
