/// Rows of a depthwise convolution with a 3×3 kernel and strides of 1, four pixels at a time.
///
/// A pixel that several outputs read is loaded once a row of the kernel: six loads for twelve products. The
/// last four pixels of a row may overlap those before, so that no pixel is computed alone: one sum of nine
/// products takes as long as four.
struct DepthwiseFours {
    private let width: Int
    private let outputWidth: Int
    private let left: Int
    private let channels: Int

    /// Nil where the geometry is another one.
    init?(_ g: ConvolutionGeometry) {
        guard g.kernelHeight == 3, g.kernelWidth == 3, g.strideY == 1, g.strideX == 1, g.dilationY == 1,
            g.dilationX == 1, g.outputWidth >= 4, (0...1).contains(g.left),
            g.outputWidth + 2 - g.left <= g.width + 1
        else { return nil }
        (width, outputWidth, left, channels) = (g.width, g.outputWidth, g.left, g.channels)
    }

    /// One row of y.
    ///
    /// - Parameters:
    ///   - x: the first image row that the windows read, from its first column on.
    ///   - w: the taps of the filters' row that meets it.
    ///   - rows: rows of the filters that lie on the image.
    ///   - streamed: a constant where it is called (see `Streaming`).
    @inline(__always)
    func writeRow(
        _ x: UnsafePointer<Float>, _ w: UnsafePointer<Float>, rows: Int, _ ending: OutputEnding,
        into y: UnsafeMutablePointer<Float>, streamed: Bool
    ) {
        for ow in stride(from: 0, to: outputWidth, by: 4) {
            let start = min(ow, outputWidth - 4)
            let first = start - left
            let (source, target) = (x + first * channels, y + start * channels)
            @inline(__always) func four(hasFirst: Bool, hasLast: Bool) {
                write(
                    source, w, rows, ending, into: target, hasFirst: hasFirst, hasLast: hasLast,
                    streamed: streamed)
            }
            switch (first >= 0, first + 6 <= width) {
            case (true, true): four(hasFirst: true, hasLast: true)
            case (true, false): four(hasFirst: true, hasLast: false)
            case (false, true): four(hasFirst: false, hasLast: true)
            case (false, false): four(hasFirst: false, hasLast: false)
            }
        }
    }

    /// Four pixels, which read six columns. The first or last column may lie off the image; both are
    /// constants in each call, so that the loop has no cases.
    @inline(__always)
    private func write(
        _ x: UnsafePointer<Float>, _ w: UnsafePointer<Float>, _ rows: Int, _ ending: OutputEnding,
        into y: UnsafeMutablePointer<Float>, hasFirst: Bool, hasLast: Bool, streamed: Bool
    ) {
        let step = channels
        @inline(__always) func pass(_ c: Int, lanes: Int) {
            let bias = ending.bias.map { Vector($0 + c, lanes: lanes) } ?? Vector()
            var sums = (bias, bias, bias, bias)
            var (row, weights) = (x + c, w + c)
            for _ in 0..<rows {
                let w0 = Vector(weights, lanes: lanes)
                let w1 = Vector(weights + step, lanes: lanes)
                let w2 = Vector(weights + 2 &* step, lanes: lanes)
                if hasFirst { sums.0 += w0 * Vector(row, lanes: lanes) }
                var pixel = Vector(row + step, lanes: lanes)
                sums.0 += w1 * pixel
                sums.1 += w0 * pixel
                pixel = Vector(row + 2 &* step, lanes: lanes)
                sums.0 += w2 * pixel
                sums.1 += w1 * pixel
                sums.2 += w0 * pixel
                pixel = Vector(row + 3 &* step, lanes: lanes)
                sums.1 += w2 * pixel
                sums.2 += w1 * pixel
                sums.3 += w0 * pixel
                pixel = Vector(row + 4 &* step, lanes: lanes)
                sums.2 += w2 * pixel
                sums.3 += w1 * pixel
                if hasLast { sums.3 += w2 * Vector(row + 5 &* step, lanes: lanes) }
                row += width &* step
                weights += 3 &* step
            }
            sums = ending.ended(sums, Vector())
            sums.0.store(y + c, lanes: lanes, streamed: streamed)
            sums.1.store(y + (step &+ c), lanes: lanes, streamed: streamed)
            sums.2.store(y + (2 &* step &+ c), lanes: lanes, streamed: streamed)
            sums.3.store(y + (3 &* step &+ c), lanes: lanes, streamed: streamed)
        }
        Vector.forEach(in: 0..<channels, pass)
    }
}
