// The inner loops of a convolution over eight groups at a time.

/// The geometry of a convolution over lanes. The arrays hold one block of groups: the padded image (rows,
/// image.columns, inputs, 8), the weights (outputs, KH, KW, inputs, 8).
struct LaneConvolution {
    private let batch: Int, groups: Int
    private let isWayBack: Bool
    /// Values per group in a pixel that is read, and in one that is written.
    let inputs: Int, outputs: Int
    let image: PaddedImage
    private let kernelHeight: Int, kernelWidth: Int
    private let strideY: Int, strideX: Int
    private let dilationY: Int, dilationX: Int
    /// Height and width of the result.
    let height: Int, width: Int

    /// The forward pass, from x to y.
    init(_ g: ConvolutionGeometry) {
        (batch, groups, isWayBack) = (g.batch, g.groups, false)
        (inputs, outputs) = (g.groupChannels, g.groupFilters)
        (kernelHeight, kernelWidth) = (g.kernelHeight, g.kernelWidth)
        (strideY, strideX) = (g.strideY, g.strideX)
        (dilationY, dilationX) = (g.dilationY, g.dilationX)
        (height, width) = (g.outputHeight, g.outputWidth)
        image = PaddedImage(
            height: g.height, width: g.width, channels: g.channels, top: g.top, left: g.left,
            columns: max(0, (g.outputWidth - 1) * g.strideX + g.dilationX * (g.kernelWidth - 1) + 1))
    }

    /// The data gradient, from dy, dilated by the strides, to dx.
    init(dataGradientOf g: ConvolutionGeometry) {
        (batch, groups, isWayBack) = (g.batch, g.groups, true)
        (inputs, outputs) = (g.groupFilters, g.groupChannels)
        (kernelHeight, kernelWidth) = (g.kernelHeight, g.kernelWidth)
        (strideY, strideX) = (1, 1)
        (dilationY, dilationX) = (g.dilationY, g.dilationX)
        (height, width) = (g.height, g.width)
        image = PaddedImage(
            height: g.outputHeight, width: g.outputWidth, channels: g.filters,
            top: g.dilationY * (g.kernelHeight - 1) - g.top, left: g.dilationX * (g.kernelWidth - 1) - g.left,
            spreadY: g.strideY, spreadX: g.strideX, columns: g.width + g.dilationX * (g.kernelWidth - 1))
    }

    /// Floats of padded image per tile and block of groups: 128 KiB, an eighth of a second-level cache.
    private static let tileFloats = 1 << 15
    /// Multiplications per tile: some 50 µs of work, so that scheduling costs little.
    private static let tileWork = 1 << 19

    private var tilesPerImage: Int {
        let row = image.columns * inputs * Vector.width
        let fitting = (Self.tileFloats / max(1, row) - dilationY * (kernelHeight - 1) - 1) / strideY + 1
        let work = width * groups * outputs * taps * inputs
        let rows = max(1, min(fitting, Self.tileWork / max(1, work)))
        return (height + rows - 1) / rows
    }

    /// Number of tiles in the batch, numbered image by image.
    var tiles: Int { batch * tilesPerImage }

    /// The image and the rows that a tile writes.
    func place(ofTile tile: Int) -> (image: Int, rows: Range<Int>) {
        let (image, part) = (tile / tilesPerImage, tile % tilesPerImage)
        return (image, height * part / tilesPerImage..<height * (part + 1) / tilesPerImage)
    }

    /// Maximum number of rows per tile.
    var rowsPerTile: Int { (height + tilesPerImage - 1) / max(1, tilesPerImage) }

    /// The padded rows that the output rows `rows` depend on.
    func sources(of rows: Range<Int>) -> Range<Int> {
        rows.lowerBound * strideY..<(rows.upperBound - 1) * strideY + dilationY * (kernelHeight - 1) + 1
    }

    /// Maximum floats of padded image per tile.
    var tileSize: Int {
        rowsPerTile == 0 ? 0 : sources(of: 0..<rowsPerTile).count * image.columns * inputs * Vector.width
    }

    private var taps: Int { kernelHeight * kernelWidth }
    /// Floats of weights for one output of each group, and for all weights of a block.
    private var outputWeights: Int { taps * inputs * Vector.width }
    var blockWeights: Int { outputs * outputWeights }

    /// The index of weight w[tap, c, o] of each group among the vectors of a block. For the data gradient the
    /// filters are rotated by half a turn.
    func place(_ tap: Int, _ c: Int, _ o: Int) -> Int {
        isWayBack ? (c * taps + taps - 1 - tap) * inputs + o : (o * taps + tap) * inputs + c
    }

    /// out: rows of the result (width, channels) ← the sums over the windows of the gathered rows.
    func convolve(
        _ source: UnsafePointer<Float>, _ weights: UnsafePointer<Float>, rows: Int, _ lanes: GroupLanes,
        into out: UnsafeMutablePointer<Float>
    ) {
        let sourceRow = strideY * image.columns * inputs * Vector.width
        for row in 0..<rows {
            for o in 0..<outputs {
                convolveRow(
                    source + row * sourceRow, weights + o * outputWeights, lanes, o,
                    into: out + row * width * groups * outputs)
            }
        }
    }

    /// Computes output `o` of each group for one row.
    private func convolveRow(
        _ source: UnsafePointer<Float>, _ weights: UnsafePointer<Float>, _ lanes: GroupLanes, _ o: Int,
        into out: UnsafeMutablePointer<Float>
    ) {
        let step = strideX * inputs * Vector.width
        let channels = groups * outputs
        var column = 0
        while column &+ 4 <= width {
            let sums = sumsOfFour(source + column &* step, weights, step)
            let target = out + column &* channels
            lanes.store(sums.0, target, o)
            lanes.store(sums.1, target + channels, o)
            lanes.store(sums.2, target + 2 &* channels, o)
            lanes.store(sums.3, target + 3 &* channels, o)
            column &+= 4
        }
        while column < width {
            var sum = Vector()
            forEachWeight(source + column &* step, weights) { pixel, weight in sum += weight * Vector(pixel) }
            lanes.store(sum, out + column &* channels, o)
            column &+= 1
        }
    }

    /// Computes four neighbouring pixels at once, so that each weight is loaded once for the four.
    @inline(__always)
    private func sumsOfFour(
        _ source: UnsafePointer<Float>, _ weights: UnsafePointer<Float>, _ step: Int
    ) -> (Vector, Vector, Vector, Vector) {
        var (a, b, c, d) = (Vector(), Vector(), Vector(), Vector())
        forEachWeight(source, weights) { pixel, weight in
            a += weight * Vector(pixel)
            b += weight * Vector(pixel + step)
            c += weight * Vector(pixel + 2 &* step)
            d += weight * Vector(pixel + 3 &* step)
        }
        return (a, b, c, d)
    }

    /// Calls `body` for each weight of one output with the pixel that it multiplies, in the window at
    /// `source`.
    @inline(__always)
    private func forEachWeight(
        _ source: UnsafePointer<Float>, _ weights: UnsafePointer<Float>,
        _ body: (_ pixel: UnsafePointer<Float>, _ weight: Vector) -> Void
    ) {
        // Without dilation, the taps of a row are contiguous.
        let (runs, length) = dilationX == 1 ? (1, kernelWidth &* inputs) : (kernelWidth, inputs)
        var weight = weights
        for kh in 0..<kernelHeight {
            for run in 0..<runs {
                let column = kh &* dilationY &* image.columns &+ run &* dilationX
                var pixel = source + column &* inputs &* Vector.width
                for _ in 0..<length {
                    body(pixel, Vector(weight))
                    pixel += Vector.width
                    weight += Vector.width
                }
            }
        }
    }

    /// sums, laid out as the weights, += Σ x · dy over the pixels of some rows. `source` holds the gathered
    /// rows of the image, dy (rows, width, outputs, 8) the gradients of the output pixels.
    func addProducts(
        _ source: UnsafePointer<Float>, _ dy: UnsafePointer<Float>, rows: Int,
        into sums: UnsafeMutablePointer<Float>
    ) {
        var sum = sums
        for o in 0..<outputs {
            for kh in 0..<kernelHeight {
                for kw in 0..<kernelWidth {
                    let pixel = kh * dilationY * image.columns + kw * dilationX
                    for i in 0..<inputs {
                        let x = source + (pixel * inputs + i) * Vector.width
                        (Vector(sum) + sumOfProducts(x, dy + o * Vector.width, rows: rows)).store(sum)
                        sum += Vector.width
                    }
                }
            }
        }
    }

    /// Σ x · dy over the pixels of some rows, in four accumulators: a single one is limited by the addition's
    /// latency.
    private func sumOfProducts(
        _ x: UnsafePointer<Float>, _ dy: UnsafePointer<Float>, rows: Int
    ) -> Vector {
        let step = (x: strideX * inputs * Vector.width, dy: outputs * Vector.width)
        var (a, b, c, d) = (Vector(), Vector(), Vector(), Vector())
        for row in 0..<rows {
            var p = x + row &* strideY &* image.columns &* inputs &* Vector.width
            var q = dy + row &* width &* step.dy
            for _ in 0..<width / 4 {
                a += Vector(p) * Vector(q)
                b += Vector(p + step.x) * Vector(q + step.dy)
                c += Vector(p + 2 &* step.x) * Vector(q + 2 &* step.dy)
                d += Vector(p + 3 &* step.x) * Vector(q + 3 &* step.dy)
                p += 4 &* step.x
                q += 4 &* step.dy
            }
            for _ in 0..<width % 4 {
                a += Vector(p) * Vector(q)
                p += step.x
                q += step.dy
            }
        }
        return (a + b) + (c + d)
    }
}
