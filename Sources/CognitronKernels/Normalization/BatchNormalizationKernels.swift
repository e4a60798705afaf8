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
        for row in 0..<rows {
            @inline(__always) func add(_ c: Int, lanes: Int) {
                let d = Vector(x + (row &* channels &+ c), lanes: lanes) - Vector(mean + c, lanes: lanes)
                (Vector(squares + c, lanes: lanes) + d * d).store(squares + c, lanes: lanes)
            }
            Vector.forEach(in: 0..<channels, add)
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
                @inline(__always) func pass(_ c: Int, lanes: Int) {
                    let at = row &* channels &+ c
                    let z = Vector(x + at, lanes: lanes) * Vector(scale + c, lanes: lanes)
                    f(z + Vector(shift + c, lanes: lanes), Vector(r + at, lanes: lanes))
                        .store(y + at, lanes: lanes, streamed: streamed)
                }
                Vector.forEach(in: 0..<channels, pass)
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
                    dy.passed(gate, where: x, channel: c, lanes: lanes)
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
        for row in rows {
            @inline(__always) func pass(_ c: Int, lanes: Int) {
                let at = row &* channels &+ c
                let value = Vector(x + at, lanes: lanes)
                let gradient = gate(Vector(dy + at, lanes: lanes), value, c, lanes)
                let result =
                    Vector(a + c, lanes: lanes) * gradient + Vector(b + c, lanes: lanes) * value
                    + Vector(d + c, lanes: lanes)
                result.store(dx + at, lanes: lanes, streamed: streamed)
            }
            Vector.forEach(in: 0..<channels, pass)
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

    /// sums ← Σ dy, then Σ dy · (x − mean), of every channel. Row after row, as memory gives them fastest: the sums stay in the
    /// first-level cache.
    func sum(_ rows: Range<Int>, into sums: UnsafeMutablePointer<Float>) {
        sums.update(repeating: 0, count: 2 * channels)
        if let gate {
            sum(rows, into: sums) { dy, x, c, lanes in dy.passed(gate, where: x, channel: c, lanes: lanes) }
        } else {
            sum(rows, into: sums) { dy, _, _, _ in dy }
        }
    }

    @inline(__always)
    private func sum(
        _ rows: Range<Int>, into sums: UnsafeMutablePointer<Float>,
        gate: (_ dy: Vector, _ x: Vector, _ channel: Int, _ lanes: Int) -> Vector
    ) {
        for row in rows {
            @inline(__always) func add(_ c: Int, lanes: Int) {
                let at = row &* channels &+ c
                let value = Vector(x + at, lanes: lanes)
                let gradient = gate(Vector(dy + at, lanes: lanes), value, c, lanes)
                let (first, second) = (sums + c, sums + (channels &+ c))
                (Vector(first, lanes: lanes) + gradient).store(first, lanes: lanes)
                (Vector(second, lanes: lanes) + gradient * (value - Vector(mean + c, lanes: lanes)))
                    .store(second, lanes: lanes)
            }
            Vector.forEach(in: 0..<channels, add)
        }
    }
}

extension Vector {
    /// The lanes where the gate of the channels from `c` on is open for x, and zeros.
    @inline(__always)
    func passed(
        _ gate: BatchNormalizationKernels.Gate, where x: Vector, channel c: Int, lanes: Int
    ) -> Vector {
        let scale = Vector(gate.scale + c, lanes: lanes)
        return replacing(with: 0, where: x * scale + Vector(gate.shift + c, lanes: lanes) .<= 0)
    }
}
