/// Strip convolution for few filters, and for numbers of filters that `FilterStrips` does not support: splits
/// an image into one plane per channel and multiplies vectors of eight neighbouring pixels by single values
/// of the transformed filters.
struct PixelStrips {
    /// Filters per block: with eight pixels each, their sums fill the registers of any processor.
    fileprivate static let filtersAtOnce = SixFilters.count
    private let planes: Planes

    static func supports(_ g: ConvolutionGeometry) -> Bool { g.outputWidth >= Vector.width }

    /// With vectors of four floats: fewer filters do not fill the registers, more fill vectors of a product's
    /// columns.
    private static let suitedFilters = 4..<16
    /// With vectors of four floats: terms of a sum from which on products are faster.
    private static let manyTerms = 200

    /// Whether at least two filters share each load of pixels; with vectors of four floats, whether the
    /// filters are few, their sums short and their blocks nearly full.
    static func isFaster(_ g: ConvolutionGeometry) -> Bool {
        Build.hasWideVectors
            ? g.filters > 1
            : suitedFilters.contains(g.filters) && g.terms <= manyTerms
                && 5 * blocks(g) * filtersAtOnce <= 6 * g.filters
    }

    fileprivate static func blocks(_ g: ConvolutionGeometry) -> Int {
        (g.filters + filtersAtOnce - 1) / filtersAtOnce
    }

    init(_ g: ConvolutionGeometry) { planes = Planes(g, rowsAtOnce: StripTransforms.outputs) }

    /// y ← x ∗ w, then `ending`; with `isPooled`, the maximum of each 2×2 pixels.
    func run(
        _ x: UnsafePointer<Float>, _ filters: StripFilters, _ ending: OutputEnding, _ isPooled: Bool,
        into y: UnsafeMutablePointer<Float>
    ) {
        let g = planes.geometry
        let workers = WorkerPool.shared.count
        let share = planes.count + StripTransforms.points * g.channels * planes.rowSize
        let scratch = ScratchArrays([workers * PixelStrip.sumCount, workers * share])
        planes.forEachTile(workers: workers) { n, first, worker in
            let source = scratch[1] + worker * share
            planes.gather(x, image: n, row: first, into: source)
            let strip = PixelStrip(
                planes: planes, transformed: source + planes.count,
                sums: scratch[0] + worker * PixelStrip.sumCount)
            planes.forEachStrip { row in
                strip.transform(source + planes.offset(row, 0))
                strip.convolve(
                    filters, ending, isPooled,
                    into: y + planes.outputOffset(image: n, row: first + row, isPooled: isPooled))
            }
        }
        withExtendedLifetime((scratch, filters)) {}
    }
}

// Packing of the filters.
extension PixelStrips {
    /// Packs the transformed columns as (blocks, points, C, KW, 6), the last block filled up with zeros.
    static func filters(_ g: ConvolutionGeometry, _ w: UnsafePointer<Float>) -> StripFilters {
        let filters = StripFilters(count: blocks(g) * blockSize(g))
        filters.pointer.update(repeating: 0, count: blocks(g) * blockSize(g))
        StripFilters.forEachNumber(g, w) { point, kw, c, filter, value in
            let column = (point * g.channels + c) * g.kernelWidth + kw
            let block = filter / filtersAtOnce * blockSize(g)
            filters.pointer[block + column * filtersAtOnce + filter % filtersAtOnce] = value
        }
        return filters
    }

    /// Floats per block of filters.
    fileprivate static func blockSize(_ g: ConvolutionGeometry) -> Int {
        StripTransforms.points * g.channels * g.kernelWidth * filtersAtOnce
    }
}

/// Computes four rows of an image's output from transformed rows of its planes, (points, channels, columns).
private struct PixelStrip {
    /// Floats from the sums of one point, and later of one row, to those of the next.
    private static let step = SixFilters.count * Vector.width
    static let sumCount = StripTransforms.points * step

    let planes: Planes
    let transformed: UnsafeMutablePointer<Float>
    /// Sums of eight pixels and six filters, (points, filters, pixels).
    let sums: UnsafeMutablePointer<Float>

    /// - Parameter source: the first row of the strip in the first plane.
    func transform(_ source: UnsafePointer<Float>) {
        let (channels, rowSize) = (planes.geometry.channels, planes.rowSize)
        for c in 0..<channels {
            Vector.cover(0..<rowSize) { column in
                let (from, to) = (
                    source + (c &* planes.planeSize &+ column), transformed + (c &* rowSize &+ column)
                )
                StripTransforms.input {
                    Vector(from + $0 &* rowSize)
                } _: {
                    $1.store(to + $0 &* channels &* rowSize)
                }
            }
        }
    }

    /// Writes the strip's outputs to `y`, the strip's first output pixel.
    func convolve(
        _ weights: StripFilters, _ ending: OutputEnding, _ isPooled: Bool,
        into y: UnsafeMutablePointer<Float>
    ) {
        let g = planes.geometry
        Vector.cover(0..<g.outputWidth) { column in
            for block in 0..<PixelStrips.blocks(g) {
                multiply(column, weights.pointer + block &* PixelStrips.blockSize(g))
                let first = block &* SixFilters.count
                let filters = min(SixFilters.count, g.filters &- first)
                end(ending.from(filter: first), filters)
                let pixels = y + (isPooled ? column / 2 : column) &* g.filters + first
                if isPooled { storePooled(filters, into: pixels) } else { store(filters, into: pixels) }
            }
        }
    }

    /// sums ← the products with the columns of six filters, for eight pixels from `column` on.
    private func multiply(_ column: Int, _ weights: UnsafePointer<Float>) {
        let g = planes.geometry
        var w = weights
        for point in 0..<StripTransforms.points {
            var products = SixFilters()
            var x = transformed + (point &* g.channels &* planes.rowSize &+ column)
            for _ in 0..<g.channels {
                for kw in 0..<g.kernelWidth {
                    products.add(Vector(x + kw &* g.dilationX), times: w)
                    w += SixFilters.count
                }
                x += planes.rowSize
            }
            products.store(sums + point &* Self.step)
        }
    }

    /// Replaces the sums of the first four points by the four output rows of each filter.
    private func end(_ ending: OutputEnding, _ filters: Int) {
        for filter in 0..<filters {
            let place = sums + filter &* Vector.width
            let bias = Vector(repeating: ending.bias?[filter] ?? 0)
            let rows = ending.ended(StripTransforms.output { Vector(place + $0 &* Self.step) }, bias)
            rows.0.store(place)
            rows.1.store(place + Self.step)
            rows.2.store(place + 2 &* Self.step)
            rows.3.store(place + 3 &* Self.step)
        }
    }

    /// Stores the four rows of some filters.
    private func store(_ filters: Int, into y: UnsafeMutablePointer<Float>) {
        let g = planes.geometry
        for row in 0..<StripTransforms.outputs {
            let out = y + row &* g.outputWidth &* g.filters
            forEachPair(filters, row: row) { filter, isPair, a, b in
                QuadPair(a.lowHalf, b.lowHalf, isPair: isPair).store(out + filter, filters: g.filters)
                QuadPair(a.highHalf, b.highHalf, isPair: isPair)
                    .store(out + (Planes.step &* g.filters &+ filter), filters: g.filters)
            }
        }
    }

    /// Stores the maximum of each 2×2 pixels.
    private func storePooled(_ filters: Int, into y: UnsafeMutablePointer<Float>) {
        let g = planes.geometry
        for row in stride(from: 0, to: StripTransforms.outputs, by: 2) {
            for filter in 0..<filters {
                let place = sums + (row &* Self.step &+ filter &* Vector.width)
                Vector(place).larger(Vector(place + Self.step)).store(place)
            }
            let out = y + row / 2 &* (g.outputWidth / 2) &* g.filters
            forEachPair(filters, row: row) { filter, isPair, a, b in
                QuadPair(a.evenHalf.larger(a.oddHalf), b.evenHalf.larger(b.oddHalf), isPair: isPair)
                    .store(out + filter, filters: g.filters)
            }
        }
    }

    /// Calls `body` for each pair of filters with the first one's number, the first one's pixels of a row
    /// and, where there is a second, its pixels.
    @inline(__always)
    private func forEachPair(
        _ filters: Int, row: Int, _ body: (_ filter: Int, _ isPair: Bool, _ a: Vector, _ b: Vector) -> Void
    ) {
        var filter = 0
        while filter < filters {
            let place = sums + (row &* Self.step &+ filter &* Vector.width)
            body(filter, filter &+ 1 < filters, Vector(place), Vector(place + Vector.width))
            filter &+= 2
        }
    }
}

/// The sums of six filters over eight pixels.
private struct SixFilters {
    static let count = 6
    private var s0 = Vector(), s1 = Vector(), s2 = Vector(), s3 = Vector(), s4 = Vector(), s5 = Vector()

    @inline(__always)
    mutating func add(_ x: Vector, times w: UnsafePointer<Float>) {
        s0 += x * w[0]
        s1 += x * w[1]
        s2 += x * w[2]
        s3 += x * w[3]
        s4 += x * w[4]
        s5 += x * w[5]
    }

    @inline(__always)
    func store(_ sums: UnsafeMutablePointer<Float>) {
        s0.store(sums)
        s1.store(sums + Vector.width)
        s2.store(sums + 2 &* Vector.width)
        s3.store(sums + 3 &* Vector.width)
        s4.store(sums + 4 &* Vector.width)
        s5.store(sums + 5 &* Vector.width)
    }
}
