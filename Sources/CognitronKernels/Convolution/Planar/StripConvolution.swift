// Convolution with few filters of five rows: planes, and along their columns Winograd's minimal filtering F(4, 5).
//
// Four rows of output, a strip, see eight rows of a plane. These are transformed, column by column; then a column of a
// filter is eight multiplications for four outputs, where the direct sums have twenty. Along the rows everything is as in
// `PlanarConvolution`.

enum StripConvolution {
    static func supports(_ g: ConvolutionGeometry) -> Bool {
        PlanarConvolution.supports(g) && g.strideY == 1 && g.dilationY == 1
            && g.kernelHeight == StripTransforms.taps && g.outputHeight >= StripTransforms.outputs
    }

    /// Whether the blocks of filters are well filled.
    static func pays(_ g: ConvolutionGeometry) -> Bool {
        PlanarConvolution.pays(g) && 5 * StripWeights.blocks(g) * SixQuads.count <= 6 * g.filters
    }

    /// y ← x ∗ w, and what `ending` adds; with `isPooled`, of each 2×2 pixels the largest.
    static func forward(
        _ g: ConvolutionGeometry, _ x: UnsafePointer<Float>, _ w: UnsafePointer<Float>,
        _ ending: OutputEnding, isPooled: Bool = false, into y: UnsafeMutablePointer<Float>
    ) {
        let planes = Planes(g, rowsAtOnce: StripTransforms.outputs)
        let weights = StripWeights(g, w)
        let workers = WorkerPool.shared.count
        let share = planes.count + StripTransforms.points * g.channels * planes.rowSize
        let scratch = Buffer(scratch: workers * share)
        planes.forEachTile(workers: workers) { n, first, worker in
            let source = scratch.pointer + worker * share
            planes.gather(x, image: n, row: first, into: source)
            for row in stride(from: 0, to: planes.outputRows, by: StripTransforms.outputs) {
                let row = min(row, planes.outputRows - StripTransforms.outputs)
                let strip = Strip(planes: planes, transformed: source + planes.count)
                strip.transform(source + planes.offset(row, 0))
                strip.convolve(
                    weights, ending, isPooled,
                    into: y + planes.outputOffset(image: n, row: first + row, isPooled: isPooled))
            }
        }
        withExtendedLifetime((scratch, weights)) {}
    }
}

/// What four rows of an image's output are made of: transformed rows of its planes, (points, channels, columns).
private struct Strip {
    let planes: Planes
    let transformed: UnsafeMutablePointer<Float>

    /// - Parameter source: the strip's first row in the first plane.
    func transform(_ source: UnsafePointer<Float>) {
        let (channels, rowSize) = (planes.geometry.channels, planes.rowSize)
        for c in 0..<channels {
            Planes.forEachStep(rowSize) { column in
                let (from, to) = (
                    source + (c &* planes.planeSize &+ column), transformed + (c &* rowSize &+ column)
                )
                StripTransforms.input {
                    Quad(from + $0 &* rowSize)
                } _: {
                    UnsafeMutableRawPointer(to + $0 &* channels &* rowSize).storeBytes(of: $1, as: Quad.self)
                }
            }
        }
    }

    /// The strip's sums with their ending, into the output, of which `y` is the strip's first pixel.
    func convolve(
        _ weights: StripWeights, _ ending: OutputEnding, _ isPooled: Bool,
        into y: UnsafeMutablePointer<Float>
    ) {
        let g = planes.geometry
        withUnsafeTemporaryAllocation(of: Quad.self, capacity: StripTransforms.points * SixQuads.count) {
            sums in
            guard let sums = sums.baseAddress else { return }
            Planes.forEachStep(g.outputWidth) { column in
                for first in stride(from: 0, to: g.filters, by: SixQuads.count) {
                    multiply(column, weights.block(first / SixQuads.count), into: sums)
                    for filter in stride(from: first, to: min(first &+ SixQuads.count, g.filters), by: 2) {
                        let isPair = filter &+ 1 < g.filters
                        let place = sums + (filter &- first)
                        let a = rows(place, ending, filter)
                        let b = isPair ? rows(place + 1, ending, filter &+ 1) : a
                        store(a, b, isPair, isPooled, column, into: y + filter)
                    }
                }
            }
        }
    }

    /// sums (points, six filters) ← the products with the columns of six filters, for four pixels from `column` on. Two points
    /// at a time: their twelve sums fill the registers.
    @inline(__always)
    private func multiply(
        _ column: Int, _ weights: UnsafePointer<Quad>, into sums: UnsafeMutablePointer<Quad>
    ) {
        let g = planes.geometry
        var (w, rest) = (weights, sums)
        for point in stride(from: 0, to: StripTransforms.points, by: 2) {
            var (a, b) = (SixQuads(), SixQuads())
            var x = transformed + (point &* g.channels &* planes.rowSize &+ column)
            for _ in 0..<g.channels {
                for kw in 0..<g.kernelWidth {
                    let from = x + kw &* g.dilationX
                    a.add(Quad(from), times: w)
                    b.add(Quad(from + g.channels &* planes.rowSize), times: w + SixQuads.count)
                    w += 2 &* SixQuads.count
                }
                x += planes.rowSize
            }
            a.store(rest)
            b.store(rest + SixQuads.count)
            rest += 2 &* SixQuads.count
        }
    }

    /// One filter's four rows of four pixels, from its products at `place`.
    @inline(__always)
    private func rows(
        _ place: UnsafePointer<Quad>, _ ending: OutputEnding, _ filter: Int
    ) -> (Quad, Quad, Quad, Quad) {
        let sums = StripTransforms.output { place[$0 &* SixQuads.count] }
        let bias = Quad(repeating: ending.bias?[filter] ?? 0)
        let rows = (sums.0 + bias, sums.1 + bias, sums.2 + bias, sums.3 + bias)
        guard ending.isRectified else { return rows }
        return (rectified(rows.0), rectified(rows.1), rectified(rows.2), rectified(rows.3))
    }

    @inline(__always)
    private func rectified(_ x: Quad) -> Quad { x.replacing(with: 0, where: x .< 0) }

    /// Two filters' rows from `column` on.
    @inline(__always)
    private func store(
        _ a: (Quad, Quad, Quad, Quad), _ b: (Quad, Quad, Quad, Quad), _ isPair: Bool, _ isPooled: Bool,
        _ column: Int, into y: UnsafeMutablePointer<Float>
    ) {
        let g = planes.geometry
        let rows = (
            QuadPair(a.0, b.0, isPair: isPair), QuadPair(a.1, b.1, isPair: isPair),
            QuadPair(a.2, b.2, isPair: isPair), QuadPair(a.3, b.3, isPair: isPair)
        )
        if isPooled {
            let out = y + column / 2 &* g.filters
            rows.0.storePooled(with: rows.1, out, filters: g.filters)
            rows.2.storePooled(with: rows.3, out + g.outputWidth / 2 &* g.filters, filters: g.filters)
        } else {
            let (out, row) = (y + column &* g.filters, g.outputWidth &* g.filters)
            rows.0.store(out, filters: g.filters)
            rows.1.store(out + row, filters: g.filters)
            rows.2.store(out + 2 &* row, filters: g.filters)
            rows.3.store(out + 3 &* row, filters: g.filters)
        }
    }
}

/// The sums of six filters over four pixels.
private struct SixQuads {
    static let count = 6
    private var s0 = Quad(), s1 = Quad(), s2 = Quad(), s3 = Quad(), s4 = Quad(), s5 = Quad()

    @inline(__always)
    mutating func add(_ x: Quad, times w: UnsafePointer<Quad>) {
        s0 += x * w[0]
        s1 += x * w[1]
        s2 += x * w[2]
        s3 += x * w[3]
        s4 += x * w[4]
        s5 += x * w[5]
    }

    @inline(__always)
    func store(_ sums: UnsafeMutablePointer<Quad>) {
        (sums[0], sums[1], sums[2], sums[3], sums[4], sums[5]) = (s0, s1, s2, s3, s4, s5)
    }
}

/// The transformed columns of all filters, each number as often as pixels are computed together, in the order that they are
/// read in: for a block of six filters and two points, channel by channel, column by column, the first point's six and the
/// second's. Filters that fill up the last block are zero.
private struct StripWeights {
    private let buffer: Buffer
    private let blockSize: Int

    static func blocks(_ g: ConvolutionGeometry) -> Int { (g.filters + SixQuads.count - 1) / SixQuads.count }

    init(_ g: ConvolutionGeometry, _ w: UnsafePointer<Float>) {
        let columns = g.channels * g.kernelWidth
        blockSize = StripTransforms.points * columns * SixQuads.count
        buffer = Buffer(scratch: Self.blocks(g) * blockSize * Planes.step)
        buffer.pointer.update(repeating: 0, count: buffer.count)
        let tapRow = g.kernelWidth * g.channels * g.filters
        for filter in 0..<g.filters {
            let block = filter / SixQuads.count * blockSize + filter % SixQuads.count
            for c in 0..<g.channels {
                for kw in 0..<g.kernelWidth {
                    let g0 = w + (kw * g.channels + c) * g.filters + filter
                    let taps = (g0[0], g0[tapRow], g0[2 * tapRow], g0[3 * tapRow], g0[4 * tapRow])
                    StripTransforms.filter(taps) { point, value in
                        let column = (point / 2 * columns + c * g.kernelWidth + kw) * 2 + point % 2
                        let place = block + column * SixQuads.count
                        (buffer.pointer + place * Planes.step).update(repeating: value, count: Planes.step)
                    }
                }
            }
        }
    }

    /// The numbers of a block of filters. The memory begins with a cache line, so that four floats are never across two.
    func block(_ number: Int) -> UnsafePointer<Quad> {
        UnsafeRawPointer(buffer.pointer + number * blockSize * Planes.step).assumingMemoryBound(to: Quad.self)
    }
}
