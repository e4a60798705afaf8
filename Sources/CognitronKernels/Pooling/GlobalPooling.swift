// The mean and the maximum of each channel over a whole image. x, dx: (images, pixels, channels); y, dy:
// (images, channels). Each pass reads or writes the image once.

package struct GlobalPooling {
    package let images: Int
    let pixels: Int
    package let channels: Int

    package init(images: Int, pixels: Int, channels: Int) {
        (self.images, self.pixels, self.channels) = (images, pixels, channels)
    }

    /// y ← the mean over the pixels; NaN where there are none.
    package func mean(_ x: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>) {
        let scale = 1 / Float(pixels)
        forEachImage { n in
            let mean = y + n * channels
            Reduction.sumRows(x + n * pixels * channels, rows: pixels, columns: channels, into: mean)
            Elementwise.mapSerially(mean, into: mean, count: channels) { $0 * scale }
        }
    }

    /// dx ← dy divided by the number of pixels.
    package func meanBackward(_ dy: UnsafePointer<Float>, into dx: UnsafeMutablePointer<Float>) {
        let scale = 1 / Float(pixels)
        forEachImage { n in
            let image = dx + n * pixels * channels
            for pixel in 0..<pixels {
                Elementwise.mapSerially(dy + n * channels, into: image + pixel * channels, count: channels) {
                    $0 * scale
                }
            }
        }
    }

    /// y ← the maximum over the pixels, NaN if any is NaN; places ← the first pixel that has it.
    package func maximum(
        _ x: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>, places: UnsafeMutablePointer<UInt32>
    ) {
        forEachImage { n in
            let image = x + n * pixels * channels
            for c in stride(from: 0, to: channels, by: Vector.width) {
                let lanes = min(Vector.width, channels - c)
                let (best, place) =
                    lanes == Vector.width
                    ? maximum { Vector(image + ($0 &* channels &+ c)) }
                    : maximum { Vector(image + ($0 &* channels &+ c), first: lanes) }
                best.store(y + (n * channels + c), first: lanes)
                for lane in 0..<lanes { places[n * channels + c + lane] = place[lane] }
            }
        }
    }

    @inline(__always)
    private func maximum(_ load: (_ pixel: Int) -> Vector) -> (Vector, SIMD8<UInt32>) {
        var best = Vector(repeating: -.infinity)
        var places = SIMD8<UInt32>()
        for pixel in 0..<pixels {
            let value = load(pixel)
            // Not "value > best": the first NaN must be taken and kept.
            let wins = .!(value .<= best) .& (best .== best)
            best.replace(with: value, where: wins)
            places.replace(with: UInt32(truncatingIfNeeded: pixel), where: wins)
        }
        return (best, places)
    }

    /// dx ← dy at the places of the maxima, 0 elsewhere.
    package func maximumBackward(
        _ dy: UnsafePointer<Float>, places: UnsafePointer<UInt32>, into dx: UnsafeMutablePointer<Float>
    ) {
        forEachImage { n in
            let image = dx + n * pixels * channels
            image.update(repeating: 0, count: pixels * channels)
            for c in 0..<channels {
                image[Int(places[n * channels + c]) * channels + c] = dy[n * channels + c]
            }
        }
    }

    @inline(__always)
    private func forEachImage(_ body: (_ n: Int) -> Void) {
        WorkerPool.shared.run(total: images, grain: max(1, Elementwise.grain / max(1, pixels * channels))) {
            range, _ in
            for n in range { body(n) }
        }
    }
}
