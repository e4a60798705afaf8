/// The sizes of a pooling, x: (N, H, W, C), y: (N, OH, OW, C). Windows are clipped to the image: padding has
/// no pixels.
///
/// Adaptive windows divide the image instead: those of output row oh run from ⌊oh · H / OH⌋ to
/// ⌈(oh + 1) · H / OH⌉, and so do columns. `poolHeight` and `poolWidth` are then the largest that occur.
package struct PoolingGeometry: Hashable, Sendable {
    package var batch: Int
    package var height: Int, width: Int, channels: Int
    package var poolHeight: Int, poolWidth: Int
    package var strideY: Int, strideX: Int
    package var top: Int, left: Int
    package var outputHeight: Int, outputWidth: Int
    private let isAdaptive: Bool

    package init(
        batch: Int, input: ImageSize, pool: (height: Int, width: Int), strides: (y: Int, x: Int),
        padding: Border = .none
    ) {
        self.batch = batch
        (height, width, channels) = (input.height, input.width, input.channels)
        (poolHeight, poolWidth) = pool
        (strideY, strideX) = strides
        (top, left) = (padding.top, padding.left)
        isAdaptive = false
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

    /// Adaptive pooling to images of a size.
    package init(batch: Int, input: ImageSize, adaptiveOutput output: (height: Int, width: Int)) {
        self.batch = batch
        (height, width, channels) = (input.height, input.width, input.channels)
        (outputHeight, outputWidth) = output
        (strideY, strideX, top, left) = (1, 1, 0, 0)
        isAdaptive = true
        func largest(_ input: Int, _ output: Int) -> Int {
            (0..<output).reduce(0) { max($0, (($1 + 1) * input + output - 1) / output - $1 * input / output) }
        }
        (poolHeight, poolWidth) = (largest(height, outputHeight), largest(width, outputWidth))
    }

    package var outputCount: Int { batch * outputHeight * outputWidth * channels }
    package var inputCount: Int { batch * height * width * channels }

    /// The first row of the windows of output row oh; negative where they begin above the image.
    @inline(__always) func firstRow(_ oh: Int) -> Int {
        isAdaptive ? oh &* height / outputHeight : oh &* strideY &- top
    }

    @inline(__always) func firstColumn(_ ow: Int) -> Int {
        isAdaptive ? ow &* width / outputWidth : ow &* strideX &- left
    }

    /// The image rows (columns) in the window of output row oh (column ow).
    @inline(__always) func rows(_ oh: Int) -> Range<Int> {
        let first = firstRow(oh)
        if isAdaptive { return first..<((oh &+ 1) &* height &+ outputHeight &- 1) / outputHeight }
        return max(0, first)..<min(height, first &+ poolHeight)
    }

    @inline(__always) func columns(_ ow: Int) -> Range<Int> {
        let first = firstColumn(ow)
        if isAdaptive { return first..<((ow &+ 1) &* width &+ outputWidth &- 1) / outputWidth }
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
