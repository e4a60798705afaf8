// The places of maxima as pixels of the image, and values put back there.
//
// Badrinarayanan, Kendall and Cipolla, "SegNet: A Deep Convolutional Encoder-Decoder Architecture for Image
// Segmentation" (2017).

package enum MaxUnpooling {
    /// indices ← the pixel of each maximum, row · W + column, from its place in its window.
    package static func indices(
        _ g: PoolingGeometry, places: UnsafePointer<UInt16>, into indices: UnsafeMutablePointer<Float>
    ) {
        g.forEachImage { n in
            for oh in 0..<g.outputHeight {
                for ow in 0..<g.outputWidth {
                    let out = g.output(n, oh, ow)
                    for c in 0..<g.channels {
                        let (row, column) = Int(places[out + c]).quotientAndRemainder(dividingBy: g.poolWidth)
                        let pixel = (g.firstRow(oh) + row) * g.width + g.firstColumn(ow) + column
                        indices[out + c] = Float(pixel)
                    }
                }
            }
        }
    }

    /// y (N, pixels, C) ← the sum of the x (N, count, C) whose index is the pixel, in the order of x.
    ///
    /// - Parameter indices: `(N, count, C)`, whole numbers below `pixels`.
    package static func scatter(
        _ x: UnsafePointer<Float>, _ indices: UnsafePointer<Float>, batch: Int, count: Int, pixels: Int,
        channels: Int, into y: UnsafeMutablePointer<Float>
    ) {
        forEachImage(batch, pixels * channels) { n in
            let image = y + n * pixels * channels
            image.update(repeating: 0, count: pixels * channels)
            for i in 0..<count * channels {
                let at = n * count * channels + i
                image[place(indices[at], pixels) * channels + i % channels] += x[at]
            }
        }
    }

    /// x (N, count, C) ← the y (N, pixels, C) at the indices.
    package static func gather(
        _ y: UnsafePointer<Float>, _ indices: UnsafePointer<Float>, batch: Int, count: Int, pixels: Int,
        channels: Int, into x: UnsafeMutablePointer<Float>
    ) {
        forEachImage(batch, pixels * channels) { n in
            let image = y + n * pixels * channels
            for i in 0..<count * channels {
                let at = n * count * channels + i
                x[at] = image[place(indices[at], pixels) * channels + i % channels]
            }
        }
    }

    @inline(__always)
    private static func place(_ index: Float, _ pixels: Int) -> Int {
        require(
            index >= 0 && index < Float(pixels), "an index \(index) of an image with \(pixels) pixels")
        return Int(index)
    }

    private static func forEachImage(_ batch: Int, _ size: Int, _ body: (_ n: Int) -> Void) {
        WorkerPool.shared.run(total: batch, grain: max(1, Elementwise.grain / max(1, size))) { images, _ in
            for n in images { body(n) }
        }
    }
}
