// Splits images into channel planes, and merges pixels of several filters back.

/// The zero-padded rows of an image that some rows of the output depend on, one plane per channel.
struct Planes {
    /// Pixels of a row in a `Quad`.
    static let step = 4
    /// Target size of the planes in floats: they stay in a core's first-level cache.
    private static let wantedCount = 1 << 12
    /// Minimum multiply-adds per task.
    private static let fewMultiplyAdds = 1 << 19

    let geometry: ConvolutionGeometry
    /// Rows of output per tile.
    let outputRows: Int
    let rowSize: Int
    let planeSize: Int

    /// - Parameter rowsAtOnce: rows of output computed together.
    init(_ g: ConvolutionGeometry, rowsAtOnce: Int) {
        geometry = g
        rowSize = g.outputWidth + g.dilationX * (g.kernelWidth - 1)
        let fitting = Self.wantedCount / (rowSize * g.channels * g.strideY)
        outputRows = min(g.outputHeight, max(rowsAtOnce, fitting / rowsAtOnce * rowsAtOnce))
        planeSize = ((outputRows - 1) * g.strideY + g.dilationY * (g.kernelHeight - 1) + 1) * rowSize
    }

    var count: Int { geometry.channels * planeSize }

    /// The offset of an output pixel's window.
    @inline(__always)
    func offset(_ row: Int, _ column: Int) -> Int { row &* geometry.strideY &* rowSize &+ column }

    /// Floats from a tap to the one below it.
    var tapRow: Int { geometry.dilationY * rowSize }

    /// Calls `body(image, first row, worker)`, in parallel, for tiles of `outputRows` rows that cover the
    /// output of the batch. The last tile of an image may overlap the one before, on the same worker, so that
    /// no two workers write the same pixels.
    func forEachTile(workers: Int, _ body: (_ image: Int, _ row: Int, _ worker: Int) -> Void) {
        let g = geometry
        let tilesPerImage = g.outputHeight / outputRows
        let work = outputRows * g.outputWidth * g.terms * g.filters
        let grain = max(1, Self.fewMultiplyAdds / max(1, work))
        WorkerPool.shared.run(total: g.batch * tilesPerImage, grain: grain, workers: workers) {
            tiles, worker in
            for tile in tiles {
                let (image, number) = (tile / tilesPerImage, tile % tilesPerImage)
                let end = number == tilesPerImage - 1 ? g.outputHeight : (number + 1) * outputRows
                for row in stride(from: number * outputRows, to: end, by: outputRows) {
                    body(image, min(row, g.outputHeight - outputRows), worker)
                }
            }
        }
    }

    /// The offset in y of a row of an image's output, pooled if `isPooled`.
    func outputOffset(image n: Int, row: Int, isPooled: Bool) -> Int {
        let g = geometry
        let row = n * g.outputHeight + row
        return (isPooled ? row / 2 * (g.outputWidth / 2) : row * g.outputWidth) * g.filters
    }

    /// planes ← the part of x that `outputRows` rows of an image's output from `row` on depend on.
    func gather(
        _ x: UnsafePointer<Float>, image n: Int, row: Int, into planes: UnsafeMutablePointer<Float>
    ) {
        let g = geometry
        let columns = insideColumns
        for line in 0..<planeSize / rowSize {
            let ih = row * g.strideY + line - g.top
            for c in 0..<g.channels {
                let out = planes + c * planeSize + line * rowSize
                guard (0..<g.height).contains(ih) else {
                    out.update(repeating: 0, count: rowSize)
                    continue
                }
                for column in 0..<columns.lowerBound { out[column] = 0 }
                let pixels = x + ((n * g.height + ih) * g.width - g.left) * g.channels + c
                if g.channels == 1 {
                    (out + columns.lowerBound).update(
                        from: pixels + columns.lowerBound, count: columns.count)
                } else {
                    for column in columns { out[column] = pixels[column &* g.channels] }
                }
                for column in columns.upperBound..<rowSize { out[column] = 0 }
            }
        }
    }

    /// The part of x that `outputRows` rows of an image's output from `row` on depend on, with channels last
    /// and `rowSize` pixels per row: x itself where there is no padding, otherwise `spare`, of `count`
    /// floats, which is filled.
    func rows(
        _ x: UnsafePointer<Float>, image n: Int, row: Int, spare: UnsafeMutablePointer<Float>
    ) -> UnsafePointer<Float> {
        let g = geometry
        // A data gradient may not read the last pixels: then the image's rows are longer.
        if g.isPlain, rowSize == g.width {
            return x + (n * g.height + row * g.strideY) * rowSize * g.channels
        }
        let columns = insideColumns
        let rowFloats = rowSize * g.channels
        for line in 0..<planeSize / rowSize {
            let ih = row * g.strideY + line - g.top
            let out = spare + line * rowFloats
            guard (0..<g.height).contains(ih) else {
                out.update(repeating: 0, count: rowFloats)
                continue
            }
            out.update(repeating: 0, count: columns.lowerBound * g.channels)
            let first = (n * g.height + ih) * g.width + columns.lowerBound - g.left
            (out + columns.lowerBound * g.channels).update(
                from: x + first * g.channels, count: columns.count * g.channels)
            (out + columns.upperBound * g.channels).update(
                repeating: 0, count: (rowSize - columns.upperBound) * g.channels)
        }
        return UnsafePointer(spare)
    }

    /// Columns of a row inside the image.
    private var insideColumns: Range<Int> {
        let left = min(max(0, geometry.left), rowSize)
        return left..<max(left, min(rowSize, geometry.width + geometry.left))
    }
}

/// Four neighbouring floats.
typealias Quad = SIMD4<Float>

extension Quad {
    @inline(__always)
    init(_ x: UnsafePointer<Float>) { self = UnsafeRawPointer(x).loadUnaligned(as: Quad.self) }

    /// The larger of the two per lane; NaN where either is NaN.
    @inline(__always)
    func larger(_ other: Quad) -> Quad {
        replacing(with: other, where: (self .< other) .| (other .!= other))
    }
}

/// Four neighbouring pixels of one filter and of the next, if there is one.
struct QuadPair {
    var a: Quad
    var b: Quad
    let isPair: Bool

    @inline(__always)
    init(_ a: Quad, _ b: Quad, isPair: Bool) { (self.a, self.b, self.isPair) = (a, b, isPair) }

    /// Stores four pixels from y on, the first filter of the first pixel.
    @inline(__always)
    func store(_ y: UnsafeMutablePointer<Float>, filters: Int) {
        put(Quad(a[0], b[0], a[1], b[1]), y, filters)
        put(Quad(a[2], b[2], a[3], b[3]), y + 2 &* filters, filters)
    }

    /// Stores two pixels of both filters as 64-bit integers: with single floats, the compiler would compute
    /// the maxima before by branches.
    @inline(__always)
    private func put(_ pixels: Quad, _ y: UnsafeMutablePointer<Float>, _ filters: Int) {
        let bits = unsafeBitCast(pixels, to: SIMD2<UInt64>.self)
        put(bits[0], y)
        put(bits[1], y + filters)
    }

    @inline(__always)
    private func put(_ pair: UInt64, _ y: UnsafeMutablePointer<Float>) {
        if isPair {
            UnsafeMutableRawPointer(y).storeBytes(of: pair, as: UInt64.self)
        } else {
            y[0] = Float(bitPattern: UInt32(truncatingIfNeeded: pair))
        }
    }
}
