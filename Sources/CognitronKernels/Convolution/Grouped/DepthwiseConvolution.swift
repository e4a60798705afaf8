// Convolution of each channel with one filter of its own, as direct sums over the arrays as they lie.
//
// Channels are last, so a vector holds neighbouring channels of one pixel and nothing is gathered. Tiles are
// rows of images; each pass reads and writes memory once.

struct DepthwiseConvolution {
    private let g: ConvolutionGeometry
    private let channels: Int

    static func supports(_ g: ConvolutionGeometry) -> Bool {
        g.groups > 1 && g.groups == g.channels && g.groups == g.filters
    }

    init(_ g: ConvolutionGeometry) {
        self.g = g
        channels = g.channels
    }

    /// Multiplications per tile: some 50 µs of work, so that scheduling costs little.
    private static let tileWork = 1 << 18
    /// Maximum number of partial sums of the weight gradient.
    private static let mostSums = 32

    private func rowsPerTile(_ width: Int) -> Int {
        max(1, Self.tileWork / max(1, width * channels * g.taps))
    }

    /// y ← x ∗ w, then `ending`.
    func forward(
        _ x: UnsafePointer<Float>, _ w: UnsafePointer<Float>, _ ending: OutputEnding,
        into y: UnsafeMutablePointer<Float>
    ) {
        let (inner, fours) = (innerColumns, DepthwiseFours(g))
        let streams = fours != nil && Streaming.suits(y, count: g.outputCount, columns: channels)
        WorkerPool.shared.run(
            total: g.batch * g.outputHeight, grain: rowsPerTile(g.outputWidth)
        ) { range, _ in
            Streaming.choose(streams) { streamed in
                for row in range {
                    let (n, oh) = row.quotientAndRemainder(dividingBy: g.outputHeight)
                    let first = oh * g.strideY - g.top
                    let taps = validTaps(
                        first, dilation: g.dilationY, count: g.kernelHeight, size: g.height)
                    let firstRow = n * g.height + first + taps.lowerBound * g.dilationY
                    let source = x + firstRow * g.width * channels
                    let weights = w + taps.lowerBound * g.kernelWidth * channels
                    let target = y + row * g.outputWidth * channels
                    if let fours {
                        fours.writeRow(
                            source, weights, rows: taps.count, ending, into: target, streamed: streamed)
                    } else {
                        writeRow(source, weights, rows: taps.count, inner, ending, into: target)
                    }
                }
            }
        }
    }

    /// dx ← the gradient with respect to x.
    func dataGradient(
        _ dy: UnsafePointer<Float>, _ w: UnsafePointer<Float>, into dx: UnsafeMutablePointer<Float>
    ) {
        guard g.strideY > 1 || g.strideX > 1 else {
            let rotated = Buffer(scratch: g.weightCount)
            for tap in 0..<g.taps {
                (rotated.pointer + tap * channels).update(
                    from: w + (g.taps - 1 - tap) * channels, count: channels)
            }
            DepthwiseConvolution(g.transposed).forward(dy, rotated.pointer, OutputEnding(), into: dx)
            return withExtendedLifetime(rotated) {}
        }
        let columns = (0..<g.width).map {
            readers($0, g.left, g.strideX, g.dilationX, g.kernelWidth, g.outputWidth)
        }
        WorkerPool.shared.run(total: g.batch * g.height, grain: rowsPerTile(g.width)) { range, _ in
            for row in range {
                let (n, ih) = row.quotientAndRemainder(dividingBy: g.height)
                let rows = readers(ih, g.top, g.strideY, g.dilationY, g.kernelHeight, g.outputHeight)
                let source = dy + n * g.outputHeight * g.outputWidth * channels
                for iw in 0..<g.width {
                    writeGradient(
                        source, w, rows, columns[iw], into: dx + (row * g.width + iw) * channels)
                }
            }
        }
    }

    /// dw ← beta · dw + the gradient with respect to w. The rows are split into runs by shape alone; each has
    /// its own partial sum, and the partial sums are added in order.
    func weightGradient(
        _ x: UnsafePointer<Float>, _ dy: UnsafePointer<Float>, into dw: UnsafeMutablePointer<Float>,
        beta: Float
    ) {
        let rows = g.batch * g.outputHeight
        let tiles = (rows + rowsPerTile(g.outputWidth) - 1) / rowsPerTile(g.outputWidth)
        let runs = min(Self.mostSums, tiles)
        let partial = Buffer(scratch: runs * g.weightCount)
        WorkerPool.shared.run(tiles: runs) { run, _ in
            let sums = partial.pointer + run * g.weightCount
            sums.update(repeating: 0, count: g.weightCount)
            for row in rows * run / runs..<rows * (run + 1) / runs { addProducts(row, x, dy, to: sums) }
        }
        Reduction.sumRows(partial.pointer, rows: runs, columns: g.weightCount, into: dw, beta: beta)
        withExtendedLifetime(partial) {}
    }

    /// The taps of a window at `first` that lie on an axis of `size` pixels.
    private func validTaps(_ first: Int, dilation: Int, count: Int, size: Int) -> Range<Int> {
        let low = first >= 0 ? 0 : min(count, (dilation - 1 - first) / dilation)
        let high = first >= size ? 0 : min(count, (size - 1 - first) / dilation + 1)
        return low..<max(low, high)
    }

    /// The output columns whose windows lie on the image.
    private var innerColumns: Range<Int> {
        let low = min(g.outputWidth, max(0, (g.left + g.strideX - 1) / g.strideX))
        let last = g.width - 1 - g.dilationX * (g.kernelWidth - 1) + g.left
        let high = last < 0 ? 0 : min(g.outputWidth, last / g.strideX + 1)
        return low..<max(low, high)
    }

    /// One row of y.
    ///
    /// - Parameters:
    ///   - x: the first image row that the windows read, from its first column on.
    ///   - w: the taps of the filters' row that meets it.
    ///   - rows: rows of the filters that lie on the image.
    private func writeRow(
        _ x: UnsafePointer<Float>, _ w: UnsafePointer<Float>, rows: Int, _ inner: Range<Int>,
        _ ending: OutputEnding, into y: UnsafeMutablePointer<Float>
    ) {
        var ow = 0
        while ow < g.outputWidth {
            let first = ow * g.strideX - g.left
            if inner.contains(ow), ow + 4 <= inner.upperBound {
                writeFour(x + first * channels, w, rows, ending, into: y + ow * channels)
                ow += 4
            } else {
                let taps = validTaps(first, dilation: g.dilationX, count: g.kernelWidth, size: g.width)
                writePixel(
                    x + (first + taps.lowerBound * g.dilationX) * channels, w + taps.lowerBound * channels,
                    rows, taps.count, ending, into: y + ow * channels)
                ow += 1
            }
        }
    }

    /// Four neighbouring pixels, so that each weight is loaded once for the four.
    private func writeFour(
        _ x: UnsafePointer<Float>, _ w: UnsafePointer<Float>, _ rows: Int, _ ending: OutputEnding,
        into y: UnsafeMutablePointer<Float>
    ) {
        let step = g.strideX * channels
        @inline(__always) func pass(_ c: Int, lanes: Int) {
            let bias = ending.bias.map { Vector($0 + c, lanes: lanes) } ?? Vector()
            var sums = (bias, bias, bias, bias)
            forEachTap(x + c, w + c, rows, g.kernelWidth) { pixel, weight in
                let weight = Vector(weight, lanes: lanes)
                sums.0 += weight * Vector(pixel, lanes: lanes)
                sums.1 += weight * Vector(pixel + step, lanes: lanes)
                sums.2 += weight * Vector(pixel + 2 &* step, lanes: lanes)
                sums.3 += weight * Vector(pixel + 3 &* step, lanes: lanes)
            }
            sums = ending.ended(sums, Vector())
            sums.0.store(y + c, lanes: lanes)
            sums.1.store(y + (channels &+ c), lanes: lanes)
            sums.2.store(y + (2 &* channels &+ c), lanes: lanes)
            sums.3.store(y + (3 &* channels &+ c), lanes: lanes)
        }
        Vector.forEach(in: 0..<channels, pass)
    }

    private func writePixel(
        _ x: UnsafePointer<Float>, _ w: UnsafePointer<Float>, _ rows: Int, _ columns: Int,
        _ ending: OutputEnding, into y: UnsafeMutablePointer<Float>
    ) {
        @inline(__always) func pass(_ c: Int, lanes: Int) {
            var sum = ending.bias.map { Vector($0 + c, lanes: lanes) } ?? Vector()
            forEachTap(x + c, w + c, rows, columns) { pixel, weight in
                sum += Vector(weight, lanes: lanes) * Vector(pixel, lanes: lanes)
            }
            ending.bounds.clipping(sum).store(y + c, lanes: lanes)
        }
        Vector.forEach(in: 0..<channels, pass)
    }

    /// Calls `body` with each tap's pixel and weight.
    @inline(__always)
    private func forEachTap(
        _ x: UnsafePointer<Float>, _ w: UnsafePointer<Float>, _ rows: Int, _ columns: Int,
        _ body: (_ pixel: UnsafePointer<Float>, _ weight: UnsafePointer<Float>) -> Void
    ) {
        let (pixelStep, rowStep) = (g.dilationX &* channels, g.dilationY &* g.width &* channels)
        for kh in 0..<rows {
            var pixel = x + kh &* rowStep
            var weight = w + kh &* g.kernelWidth &* channels
            for _ in 0..<columns {
                body(pixel, weight)
                pixel += pixelStep
                weight += channels
            }
        }
    }

    /// The output places that read an input place along one axis, with the tap of each.
    private func readers(
        _ place: Int, _ before: Int, _ stride: Int, _ dilation: Int, _ taps: Int, _ outputs: Int
    ) -> [(output: Int, tap: Int)] {
        (0..<taps).compactMap { tap in
            let distance = place + before - tap * dilation
            guard distance >= 0, distance % stride == 0, distance / stride < outputs else { return nil }
            return (distance / stride, tap)
        }
    }

    /// One pixel of dx.
    private func writeGradient(
        _ dy: UnsafePointer<Float>, _ w: UnsafePointer<Float>, _ rows: [(output: Int, tap: Int)],
        _ columns: [(output: Int, tap: Int)], into dx: UnsafeMutablePointer<Float>
    ) {
        @inline(__always) func pass(_ c: Int, lanes: Int) {
            var sum = Vector()
            for (oh, kh) in rows {
                for (ow, kw) in columns {
                    let pixel = dy + ((oh &* g.outputWidth &+ ow) &* channels &+ c)
                    let weight = w + ((kh &* g.kernelWidth &+ kw) &* channels &+ c)
                    sum += Vector(weight, lanes: lanes) * Vector(pixel, lanes: lanes)
                }
            }
            sum.store(dx + c, lanes: lanes)
        }
        Vector.forEach(in: 0..<channels, pass)
    }

    /// sums (KH, KW, C) += Σ x · dy over one row of dy. For 32 channels at a time, whose parts of the rows
    /// stay in the first-level cache.
    private func addProducts(
        _ row: Int, _ x: UnsafePointer<Float>, _ dy: UnsafePointer<Float>,
        to sums: UnsafeMutablePointer<Float>
    ) {
        let (n, oh) = row.quotientAndRemainder(dividingBy: g.outputHeight)
        let first = oh * g.strideY - g.top
        let rows = validTaps(first, dilation: g.dilationY, count: g.kernelHeight, size: g.height)
        let gradient = dy + row * g.outputWidth * channels
        let block = 4 * Vector.width
        for start in stride(from: 0, to: channels, by: block) {
            for kh in rows {
                let source = x + (n * g.height + first + kh * g.dilationY) * g.width * channels
                for kw in 0..<g.kernelWidth {
                    // The output columns whose tap kw lies on the image.
                    let offset = kw * g.dilationX - g.left
                    let low = offset >= 0 ? 0 : (g.strideX - 1 - offset) / g.strideX
                    let high = min(g.outputWidth, (g.width - 1 - offset + g.strideX) / g.strideX)
                    guard low < high else { continue }
                    let pixels = (
                        source + (low * g.strideX + offset) * channels, gradient + low * channels
                    )
                    let sum = sums + (kh * g.kernelWidth + kw) * channels
                    if start + block <= channels {
                        addFour(pixels, high - low, start, to: sum)
                    } else {
                        @inline(__always) func pass(_ c: Int, lanes: Int) {
                            addOne(pixels, high - low, c, lanes, to: sum)
                        }
                        Vector.forEach(in: start..<channels, pass)
                    }
                }
            }
        }
    }

    /// sum += Σ x · dy over `count` pixels, for four vectors of channels.
    @inline(__always)
    private func addFour(
        _ pixels: (x: UnsafePointer<Float>, dy: UnsafePointer<Float>), _ count: Int, _ c: Int,
        to sum: UnsafeMutablePointer<Float>
    ) {
        let (width, step) = (Vector.width, g.strideX &* channels)
        var (x, dy) = (pixels.x + c, pixels.dy + c)
        let sum = sum + c
        var sums = (
            Vector(sum), Vector(sum + width), Vector(sum + 2 &* width), Vector(sum + 3 &* width)
        )
        for _ in 0..<count {
            sums.0 += Vector(x) * Vector(dy)
            sums.1 += Vector(x + width) * Vector(dy + width)
            sums.2 += Vector(x + 2 &* width) * Vector(dy + 2 &* width)
            sums.3 += Vector(x + 3 &* width) * Vector(dy + 3 &* width)
            x += step
            dy += channels
        }
        sums.0.store(sum)
        sums.1.store(sum + width)
        sums.2.store(sum + 2 &* width)
        sums.3.store(sum + 3 &* width)
    }

    @inline(__always)
    private func addOne(
        _ pixels: (x: UnsafePointer<Float>, dy: UnsafePointer<Float>), _ count: Int, _ c: Int, _ lanes: Int,
        to sum: UnsafeMutablePointer<Float>
    ) {
        let step = g.strideX &* channels
        var (x, dy) = (pixels.x + c, pixels.dy + c)
        var total = Vector(sum + c, lanes: lanes)
        for _ in 0..<count {
            total += Vector(x, lanes: lanes) * Vector(dy, lanes: lanes)
            x += step
            dy += channels
        }
        total.store(sum + c, lanes: lanes)
    }
}
