// Batch normalisation, a ReLU and max pooling in one pass over memory, for windows of 2×2 that touch.
//
// The normalised image is never made. What is kept of a window is the x that won: only there has the input a
// gradient of its own, so the sums of the way back run over a quarter of the positions, and the winner is
// found again by its value.

package struct PooledNormalization: Sendable {
    let images: Int, height: Int, width: Int, channels: Int

    /// - Parameter image: the size of each image of x, with an even height and width.
    package init(images: Int, _ image: ImageSize) {
        require(
            Self.supports(height: image.height, width: image.width),
            "windows of 2×2 do not cover \(image.height)×\(image.width)")
        self.images = images
        (height, width, channels) = (image.height, image.width, image.channels)
    }

    package static func supports(height: Int, width: Int) -> Bool {
        height.isMultiple(of: 2) && width.isMultiple(of: 2)
    }

    /// y ← the largest of (x − mean) · scale + shift in each window, or max(0, that) where rectified; NaN
    /// where there is one. winners ← the x of each of them; of equal ones the first. It is the largest x or,
    /// where the scale is negative, the smallest: the others need not be normalised.
    package func forward(
        _ x: UnsafePointer<Float>, by factors: BatchNormalizationKernels.Channels, isRectified: Bool,
        into y: UnsafeMutablePointer<Float>, winners: UnsafeMutablePointer<Float>
    ) {
        let streamed =
            Streaming.suits(y, count: count / 4, columns: channels)
            && Streaming.suits(winners, count: count / 4, columns: channels)
        forEachWindow { window, pixel in
            @inline(__always) func pool(_ c: Int, lanes: Int) {
                let scale = Vector(factors.scale + c, lanes: lanes)
                let direction = scale.sign
                var winner = Vector(x + (pixel &+ c), lanes: lanes)
                var best = winner * direction
                for k in 1..<4 {
                    let value = Vector(x + (pixel &+ offset(k) &+ c), lanes: lanes)
                    let candidate = value * direction
                    let wins = candidate .> best .| (candidate .!= candidate)
                    best.replace(with: candidate, where: wins)
                    winner.replace(with: value, where: wins)
                }
                let centered = winner - Vector(factors.mean + c, lanes: lanes)
                best = centered * scale + Vector(factors.shift + c, lanes: lanes)
                if isRectified { best = best.raised(to: Vector()) }
                let out = window &* channels &+ c
                best.store(y + out, lanes: lanes, streamed: streamed)
                winner.store(winners + out, lanes: lanes, streamed: streamed)
            }
            Vector.forEach(in: 0..<channels, pool)
        }
    }

    /// dx ← a · g + b · (x − mean) + d, channel by channel, where g is dy at the winner's place and 0
    /// elsewhere.
    ///
    /// - Parameter gate: where given, dy counts as 0 where it is closed.
    package func backward(
        _ x: UnsafePointer<Float>, _ dy: UnsafePointer<Float>, winners: UnsafePointer<Float>,
        gate: BatchNormalizationKernels.Gate?, by factors: BatchNormalizationKernels.GradientChannels,
        into dx: UnsafeMutablePointer<Float>
    ) {
        let streamed = Streaming.suits(dx, count: count, columns: channels)
        forEachWindow { window, pixel in
            @inline(__always) func pass(_ c: Int, lanes: Int) {
                let from = window &* channels &+ c
                let winner = Vector(winners + from, lanes: lanes)
                let mean = Vector(factors.mean + c, lanes: lanes)
                var gradient = Vector(factors.a + c, lanes: lanes) * Vector(dy + from, lanes: lanes)
                if let gate {
                    gradient = gradient.passed(gate, where: winner - mean, channel: c, lanes: lanes)
                }
                let (b, d) = (Vector(factors.b + c, lanes: lanes), Vector(factors.d + c, lanes: lanes))
                for k in 0..<4 {
                    let at = pixel &+ offset(k) &+ c
                    let value = Vector(x + at, lanes: lanes)
                    let own = gradient.replacing(with: 0, where: value .!= winner)
                    gradient.replace(with: 0, where: value .== winner)
                    (own + b * (value - mean) + d).store(dx + at, lanes: lanes, streamed: streamed)
                }
            }
            Vector.forEach(in: 0..<channels, pass)
        }
    }

    /// Floats of x.
    private var count: Int { images * height * width * channels }

    /// From a window's first pixel to number `k`, row by row.
    @inline(__always)
    private func offset(_ k: Int) -> Int { ((k &>> 1) &* width &+ (k & 1)) &* channels }

    /// Calls `body` with every window and the offset of its first pixel in x.
    @inline(__always)
    private func forEachWindow(_ body: (_ window: Int, _ pixel: Int) -> Void) {
        let across = width / 2
        let grain = max(1, Elementwise.grain / max(1, 2 * width * channels))
        WorkerPool.shared.run(total: images * height / 2, grain: grain) { rows, _ in
            for row in rows {
                for column in 0..<across {
                    body(row &* across &+ column, (2 &* row &* width &+ 2 &* column) &* channels)
                }
            }
            Streaming.end()
        }
    }
}

extension Vector {
    /// −1, 0 or 1 in the lanes that are negative, zero or something else.
    @inline(__always)
    fileprivate var sign: Vector {
        Vector(repeating: 1).replacing(with: -1, where: self .< 0).replacing(with: 0, where: self .== 0)
    }
}
