/// The sizes of a pooling, x: (N, H, W, C), y: (N, OH, OW, C). Windows are clipped to the image: padding has
/// no pixels.
package struct PoolingGeometry: Hashable, Sendable {
    package var batch: Int
    package var height: Int, width: Int, channels: Int
    package var poolHeight: Int, poolWidth: Int
    package var strideY: Int, strideX: Int
    package var top: Int, left: Int
    package var outputHeight: Int, outputWidth: Int

    package init(
        batch: Int, input: ImageSize, pool: (height: Int, width: Int), strides: (y: Int, x: Int),
        padding: Border = .none
    ) {
        self.batch = batch
        (height, width, channels) = (input.height, input.width, input.channels)
        (poolHeight, poolWidth) = pool
        (strideY, strideX) = strides
        (top, left) = (padding.top, padding.left)
        outputHeight = ConvolutionGeometry.outputSize(height + top + padding.bottom, poolHeight, strideY, 1)
        outputWidth = ConvolutionGeometry.outputSize(width + left + padding.right, poolWidth, strideX, 1)
    }

    /// A one-dimensional pooling, x: (N, L, C), y: (N, OL, C), as that of images with one row.
    package init(
        batch: Int, length: Int, channels: Int, pool: Int, stride: Int,
        padding: (before: Int, after: Int) = (0, 0)
    ) {
        self.init(
            batch: batch, input: ImageSize(1, length, channels: channels), pool: (1, pool),
            strides: (1, stride), padding: Border(rows: (0, 0), columns: padding))
    }

    package var outputCount: Int { batch * outputHeight * outputWidth * channels }
    package var inputCount: Int { batch * height * width * channels }

    /// The image rows (columns) in the window of output row oh (column ow).
    @inline(__always) func rows(_ oh: Int) -> Range<Int> {
        let first = oh &* strideY &- top
        return max(0, first)..<min(height, first &+ poolHeight)
    }

    @inline(__always) func columns(_ ow: Int) -> Range<Int> {
        let first = ow &* strideX &- left
        return max(0, first)..<min(width, first &+ poolWidth)
    }

    /// Calls `body` for every image, in parallel. Windows may overlap, so the backward passes, which add to
    /// the input's gradient, need whole images per tile.
    @inline(__always)
    func forEachImage(_ body: (_ n: Int) -> Void) {
        let grain = max(1, Elementwise.grain / max(1, height * width * channels))
        WorkerPool.shared.run(total: batch, grain: grain) { images, _ in
            for n in images { body(n) }
        }
    }

    /// The offset of output pixel (n, oh, ow) and of input pixel (n, ih, iw).
    @inline(__always) func output(_ n: Int, _ oh: Int, _ ow: Int) -> Int {
        ((n &* outputHeight &+ oh) &* outputWidth &+ ow) &* channels
    }

    @inline(__always) func input(_ n: Int, _ ih: Int, _ iw: Int) -> Int {
        ((n &* height &+ ih) &* width &+ iw) &* channels
    }
}
