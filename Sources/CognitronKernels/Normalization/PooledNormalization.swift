// Batch normalisation, ReLU and max pooling fused into one pass over memory, for windows of 2×2 with stride
// 2.
//
// Never stores the normalised image. Keeps the selected x of each window: only there is the incoming gradient
// not zero, so the sums of the backward pass run over a quarter of the positions; the backward pass finds the
// position again by this value.

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

    /// y ← the maximum of (x − mean) · scale + shift in each window, or max(0, maximum) with `isRectified`;
    /// NaN where one is NaN. selected ← the x at each maximum, the first one in ties. It is the largest x or,
    /// for a negative scale, the smallest, so only this one is normalised.
    package func forward(
        _ x: UnsafePointer<Float>, by factors: BatchNormalizationKernels.Channels, isRectified: Bool,
        into y: UnsafeMutablePointer<Float>, selected: UnsafeMutablePointer<Float>
    ) {
        let streamed =
            Streaming.suits(y, count: count / 4, columns: channels)
            && Streaming.suits(selected, count: count / 4, columns: channels)
        forEachWindow { window, pixel in
            @inline(__always) func pool(_ c: Int, lanes: Int) {
                let scale = Vector(factors.scale + c, lanes: lanes)
                let direction = scale.sign
                var chosen = Vector(x + (pixel &+ c), lanes: lanes)
                var best = chosen * direction
                for k in 1..<4 {
                    let value = Vector(x + (pixel &+ offset(k) &+ c), lanes: lanes)
                    let candidate = value * direction
                    let wins = candidate .> best .| (candidate .!= candidate)
                    best.replace(with: candidate, where: wins)
                    chosen.replace(with: value, where: wins)
                }
                let centered = chosen - Vector(factors.mean + c, lanes: lanes)
                best = centered * scale + Vector(factors.shift + c, lanes: lanes)
                if isRectified { best = best.raised(to: Vector()) }
                let out = window &* channels &+ c
                best.store(y + out, lanes: lanes, streamed: streamed)
                chosen.store(selected + out, lanes: lanes, streamed: streamed)
            }
            Vector.forEach(in: 0..<channels, pool)
        }
    }

    /// dx ← a · g + b · (x − mean) + d per channel, where g is dy at the window's maximum and 0 elsewhere.
    ///
    /// - Parameter gate: the ReLU's gate, if any; dy counts as 0 where it blocks gradients.
    package func backward(
        _ x: UnsafePointer<Float>, _ dy: UnsafePointer<Float>, selected: UnsafePointer<Float>,
        gate: BatchNormalizationKernels.Gate?, by factors: BatchNormalizationKernels.GradientChannels,
        into dx: UnsafeMutablePointer<Float>
    ) {
        let streamed = Streaming.suits(dx, count: count, columns: channels)
        forEachWindow { window, pixel in
            @inline(__always) func pass(_ c: Int, lanes: Int) {
                let from = window &* channels &+ c
                let chosen = Vector(selected + from, lanes: lanes)
                let mean = Vector(factors.mean + c, lanes: lanes)
                var gradient = Vector(factors.a + c, lanes: lanes) * Vector(dy + from, lanes: lanes)
                if let gate {
                    gradient = gradient.passed(gate, where: chosen - mean, channel: c, lanes: lanes)
                }
                let (b, d) = (Vector(factors.b + c, lanes: lanes), Vector(factors.d + c, lanes: lanes))
                for k in 0..<4 {
                    let at = pixel &+ offset(k) &+ c
                    let value = Vector(x + at, lanes: lanes)
                    let own = gradient.replacing(with: 0, where: value .!= chosen)
                    gradient.replace(with: 0, where: value .== chosen)
                    (own + b * (value - mean) + d).store(dx + at, lanes: lanes, streamed: streamed)
                }
            }
            Vector.forEach(in: 0..<channels, pass)
        }
    }

    /// Floats of x.
    private var count: Int { images * height * width * channels }

    /// Offset from a window's first pixel to pixel `k`, row by row.
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
    /// −1 for negative lanes, 0 for zero, 1 otherwise.
    @inline(__always)
    fileprivate var sign: Vector {
        Vector(repeating: 1).replacing(with: -1, where: self .< 0).replacing(with: 0, where: self .== 0)
    }
}
