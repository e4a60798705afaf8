// Batch normalisation over the rows of a matrix: x (rows, channels), with one mean and variance per channel.
//
// Ioffe and Szegedy, "Batch Normalization: Accelerating Deep Network Training by Reducing Internal Covariate
// Shift" (2015).

package enum BatchNormalizationKernels {
    /// Rows per block of the sums; blocks are added in order.
    static let rowBlock = 256

    /// The normalisation of every channel: (x − mean) · scale + shift. Subtracts the mean first: where it is
    /// large, x · scale and mean · scale would cancel.
    package typealias Channels = (
        mean: UnsafePointer<Float>, scale: UnsafePointer<Float>, shift: UnsafePointer<Float>
    )

    /// y ← (x − mean) · scale + shift + residual per channel; with `isRectified`, the maximum of that and 0.
    /// y may be x or the residual.
    package static func apply(
        _ x: UnsafePointer<Float>, rows: Int, channels: Int, by factors: Channels,
        residual: UnsafePointer<Float>? = nil, isRectified: Bool = false, into y: UnsafeMutablePointer<Float>
    ) {
        // A floor of −∞ changes nothing, so both cases share one loop.
        let floor = isRectified ? 0 : -Float.infinity
        let isFresh = UnsafePointer(y) != x && UnsafePointer(y) != residual
        let streamed = isFresh && Streaming.suits(y, count: rows * channels, columns: channels)
        WorkerPool.shared.run(total: rows, grain: max(1, Elementwise.grain / max(1, channels))) { range, _ in
            @inline(__always) func normalize(_ streamed: Bool) {
                if let residual {
                    apply(x, residual, range, channels, factors, floor, into: y, streamed) { $0 + $1 }
                } else {
                    apply(x, x, range, channels, factors, floor, into: y, streamed) { z, _ in z }
                }
            }
            Streaming.choose(streamed, normalize)
        }
    }

    /// y ← max(floor, f((x − mean) · scale + shift, r)) for the rows of one tile.
    @inline(__always)
    private static func apply(
        _ x: UnsafePointer<Float>, _ r: UnsafePointer<Float>, _ rows: Range<Int>, _ channels: Int,
        _ factors: Channels, _ floor: Float, into y: UnsafeMutablePointer<Float>, _ streamed: Bool,
        _ f: (_ z: Vector, _ r: Vector) -> Vector
    ) {
        let (mean, scale, shift) = factors
        let floor = Vector(repeating: floor)
        for row in rows {
            @inline(__always) func pass(_ c: Int, lanes: Int) {
                let at = row &* channels &+ c
                let centered = Vector(x + at, lanes: lanes) - Vector(mean + c, lanes: lanes)
                let z = centered * Vector(scale + c, lanes: lanes) + Vector(shift + c, lanes: lanes)
                f(z, Vector(r + at, lanes: lanes)).raised(to: floor)
                    .store(y + at, lanes: lanes, streamed: streamed)
            }
            Vector.forEach(in: 0..<channels, pass)
        }
    }

    /// Scale and shift of a normalisation with a fused ReLU: gradients pass where (x − mean) · scale + shift
    /// > 0.
    package typealias Gate = (scale: UnsafePointer<Float>, shift: UnsafePointer<Float>)

    /// sumDy ← Σ dy and sumDyX ← Σ dy · (x − mean − remainder) · inverseDeviation over the rows: the
    /// gradients of beta and gamma.
    ///
    /// - Parameters:
    ///   - gate: the ReLU's gate, if any; dy counts as 0 where it blocks gradients.
    ///   - remainder: as from `statistics`; nil for 0.
    package static func gradientSums(
        _ x: UnsafePointer<Float>, _ dy: UnsafePointer<Float>, rows: Int, channels: Int, gate: Gate? = nil,
        mean: UnsafePointer<Float>, remainder: UnsafePointer<Float>? = nil,
        inverseDeviation: UnsafePointer<Float>, sumDy: UnsafeMutablePointer<Float>,
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
            let centered = total.pointer[channels + c] - (remainder?[c] ?? 0) * sumDy[c]
            sumDyX[c] = centered * inverseDeviation[c]
        }
    }

    /// Per-channel factors of the input's gradient, a · dy + b · (x − mean) + d.
    package typealias GradientChannels = (
        mean: UnsafePointer<Float>, a: UnsafePointer<Float>, b: UnsafePointer<Float>, d: UnsafePointer<Float>
    )

    /// dx ← a · dy + b · (x − mean) + d per channel: the gradient through the batch's own statistics,
    ///
    ///     dx = γ/σ · (dy − Σdy/M − x̂ · Σ(dy·x̂)/M)
    ///
    /// expanded. dx may be dy.
    ///
    /// - Parameter gate: the ReLU's gate, if any; dy counts as 0 where it blocks gradients.
    package static func backward(
        _ x: UnsafePointer<Float>, _ dy: UnsafePointer<Float>, rows: Int, channels: Int, gate: Gate? = nil,
        by factors: GradientChannels, into dx: UnsafeMutablePointer<Float>
    ) {
        let isFresh = UnsafePointer(dx) != dy
        let streamed = isFresh && Streaming.suits(dx, count: rows * channels, columns: channels)
        WorkerPool.shared.run(total: rows, grain: max(1, Elementwise.grain / max(1, channels))) { range, _ in
            @inline(__always) func pass(_ streamed: Bool) {
                if let gate {
                    backward(x, dy, range, channels, factors, into: dx, streamed) { dy, centered, c, lanes in
                        dy.passed(gate, where: centered, channel: c, lanes: lanes)
                    }
                } else {
                    backward(x, dy, range, channels, factors, into: dx, streamed) { dy, _, _, _ in dy }
                }
            }
            Streaming.choose(streamed, pass)
        }
    }

    /// Computes the rows of one tile; `gate` masks dy.
    @inline(__always)
    private static func backward(
        _ x: UnsafePointer<Float>, _ dy: UnsafePointer<Float>, _ rows: Range<Int>, _ channels: Int,
        _ factors: GradientChannels, into dx: UnsafeMutablePointer<Float>, _ streamed: Bool,
        gate: (_ dy: Vector, _ centered: Vector, _ channel: Int, _ lanes: Int) -> Vector
    ) {
        let (mean, a, b, d) = factors
        for row in rows {
            @inline(__always) func pass(_ c: Int, lanes: Int) {
                let at = row &* channels &+ c
                let centered = Vector(x + at, lanes: lanes) - Vector(mean + c, lanes: lanes)
                let gradient = gate(Vector(dy + at, lanes: lanes), centered, c, lanes)
                let result =
                    Vector(a + c, lanes: lanes) * gradient + Vector(b + c, lanes: lanes) * centered
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

    /// sums ← Σ dy, then Σ dy · (x − mean), of every channel. Runs row by row, in memory order; the sums stay
    /// in the first-level cache.
    func sum(_ rows: Range<Int>, into sums: UnsafeMutablePointer<Float>) {
        sums.update(repeating: 0, count: 2 * channels)
        if let gate {
            sum(rows, into: sums) { dy, centered, c, lanes in
                dy.passed(gate, where: centered, channel: c, lanes: lanes)
            }
        } else {
            sum(rows, into: sums) { dy, _, _, _ in dy }
        }
    }

    @inline(__always)
    private func sum(
        _ rows: Range<Int>, into sums: UnsafeMutablePointer<Float>,
        gate: (_ dy: Vector, _ centered: Vector, _ channel: Int, _ lanes: Int) -> Vector
    ) {
        for row in rows {
            @inline(__always) func add(_ c: Int, lanes: Int) {
                let at = row &* channels &+ c
                let centered = Vector(x + at, lanes: lanes) - Vector(mean + c, lanes: lanes)
                let gradient = gate(Vector(dy + at, lanes: lanes), centered, c, lanes)
                let (first, second) = (sums + c, sums + (channels &+ c))
                (Vector(first, lanes: lanes) + gradient).store(first, lanes: lanes)
                (Vector(second, lanes: lanes) + gradient * centered).store(second, lanes: lanes)
            }
            Vector.forEach(in: 0..<channels, add)
        }
    }
}

extension Vector {
    /// The lanes where the gate of the channels from `c` on passes gradients, given x − mean; zero elsewhere.
    @inline(__always)
    func passed(
        _ gate: BatchNormalizationKernels.Gate, where centered: Vector, channel c: Int, lanes: Int
    ) -> Vector {
        let scale = Vector(gate.scale + c, lanes: lanes)
        return replacing(with: 0, where: centered * scale + Vector(gate.shift + c, lanes: lanes) .<= 0)
    }
}
