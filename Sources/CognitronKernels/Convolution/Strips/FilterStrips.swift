/// Strip convolution for many filters: multiplies vectors of sixteen filters by single values of the
/// transformed rows, whose channels are last. Needs no gathered patches and no reordering of the output.
struct FilterStrips {
    /// Filters per block: a vector of the widest registers.
    fileprivate static let filtersAtOnce = 16
    /// Neighbouring pixels per register block.
    static let pixelsAtOnce = 5
    private let planes: Planes

    static func supports(_ g: ConvolutionGeometry) -> Bool {
        // A row of the image must fill a vector.
        g.filters > 0 && g.filters.isMultiple(of: filtersAtOnce)
            && g.outputWidth >= (g.channels > 1 ? pixelsAtOnce : Vector.width)
    }

    init(_ g: ConvolutionGeometry) { planes = Planes(g, rowsAtOnce: StripTransforms.outputs) }

    /// y ← x ∗ w, then `ending`; with `isPooled`, the maximum of each 2×2 pixels.
    func run(
        _ x: UnsafePointer<Float>, _ filters: StripFilters, _ ending: OutputEnding, _ isPooled: Bool,
        into y: UnsafeMutablePointer<Float>
    ) {
        let g = planes.geometry
        let rowFloats = planes.rowSize * g.channels
        let sumCount = StripTransforms.points * g.outputWidth * Self.filtersAtOnce
        let workers = WorkerPool.shared.count
        let share = planes.count + StripTransforms.points * rowFloats + sumCount
        let scratch = Buffer(scratch: workers * share)
        planes.forEachTile(workers: workers) { n, first, worker in
            let sums = scratch.pointer + worker * share
            let strip = FilterStrip(
                geometry: g, rowFloats: rowFloats, sums: sums, transformed: sums + sumCount)
            let gathered = sums + sumCount + StripTransforms.points * rowFloats
            let source = planes.rows(x, image: n, row: first, spare: gathered)
            planes.forEachStrip { row in
                strip.transform(source + row * rowFloats)
                strip.convolve(
                    filters, ending, isPooled,
                    into: y + planes.outputOffset(image: n, row: first + row, isPooled: isPooled))
            }
        }
        withExtendedLifetime((scratch, filters)) {}
    }

    /// Packs the transformed columns as (OC / 16, points, KW, C, 16).
    static func filters(_ g: ConvolutionGeometry, _ w: UnsafePointer<Float>) -> StripFilters {
        let terms = g.kernelWidth * g.channels
        let filters = StripFilters(count: StripTransforms.points * terms * g.filters)
        StripFilters.forEachNumber(g, w) { point, kw, c, filter, value in
            let block = filter / filtersAtOnce * StripTransforms.points + point
            let term = block * terms + kw * g.channels + c
            filters.pointer[term * filtersAtOnce + filter % filtersAtOnce] = value
        }
        return filters
    }
}

/// Computes four rows of an image's output from transformed rows of the image, (points, columns, channels).
private struct FilterStrip {
    let geometry: ConvolutionGeometry
    /// Floats per row.
    let rowFloats: Int
    /// Sums of a block of filters, (points, pixels, filters).
    let sums: UnsafeMutablePointer<Float>
    let transformed: UnsafeMutablePointer<Float>

    /// - Parameter source: the first row of the strip.
    func transform(_ source: UnsafePointer<Float>) {
        Vector.cover(0..<rowFloats) { place in
            StripTransforms.input {
                Vector(source + ($0 &* rowFloats &+ place))
            } _: {
                $1.store(transformed + ($0 &* rowFloats &+ place))
            }
        }
    }

    /// Writes the strip's outputs to `y`, the strip's first output pixel.
    func convolve(
        _ filters: StripFilters, _ ending: OutputEnding, _ isPooled: Bool,
        into y: UnsafeMutablePointer<Float>
    ) {
        let g = geometry
        let terms = g.kernelWidth &* g.channels
        var w = UnsafePointer(filters.pointer)
        for first in stride(from: 0, to: g.filters, by: FilterStrips.filtersAtOnce) {
            for point in 0..<StripTransforms.points {
                multiply(point, w)
                w += terms &* FilterStrips.filtersAtOnce
            }
            for filter in stride(from: 0, to: FilterStrips.filtersAtOnce, by: Vector.width) {
                let out = y + (first &+ filter)
                let ending = ending.from(filter: first &+ filter)
                if isPooled {
                    storePooled(filter, ending, into: out)
                } else {
                    store(filter, ending, into: out)
                }
            }
        }
    }

    /// Computes the sums of one point over all pixels of the row, for the sixteen filters w.
    private func multiply(_ point: Int, _ w: UnsafePointer<Float>) {
        let g = geometry
        // Without dilation, the columns of the kernel are contiguous.
        let (runs, length) =
            g.dilationX == 1 ? (1, g.kernelWidth &* g.channels) : (g.kernelWidth, g.channels)
        let row = transformed + point &* rowFloats
        let sums = self.sums + point &* g.outputWidth &* FilterStrips.filtersAtOnce
        var column = 0
        while column < g.outputWidth {
            let first = min(column, g.outputWidth &- FilterStrips.pixelsAtOnce)
            var products = FivePixels()
            var weights = w
            for run in 0..<runs {
                let x = row + (first &+ run &* g.dilationX) &* g.channels
                for term in 0..<length {
                    products.add(x + term, apart: g.channels, times: Sixteen(weights))
                    weights += FilterStrips.filtersAtOnce
                }
            }
            products.store(sums + first &* FilterStrips.filtersAtOnce)
            column &+= FilterStrips.pixelsAtOnce
        }
    }

    /// The four output rows of eight filters at pixel `column`.
    @inline(__always)
    private func rows(
        _ column: Int, _ filter: Int, _ ending: OutputEnding, _ bias: Vector
    ) -> (Vector, Vector, Vector, Vector) {
        let place = sums + (column &* FilterStrips.filtersAtOnce &+ filter)
        let step = geometry.outputWidth &* FilterStrips.filtersAtOnce
        return ending.ended(StripTransforms.output { Vector(place + $0 &* step) }, bias)
    }

    private func store(_ filter: Int, _ ending: OutputEnding, into y: UnsafeMutablePointer<Float>) {
        let row = geometry.outputWidth &* geometry.filters
        let bias = ending.bias.map { Vector($0) } ?? Vector()
        for column in 0..<geometry.outputWidth {
            let out = y + column &* geometry.filters
            let rows = rows(column, filter, ending, bias)
            rows.0.store(out)
            rows.1.store(out + row)
            rows.2.store(out + 2 &* row)
            rows.3.store(out + 3 &* row)
        }
    }

    private func storePooled(_ filter: Int, _ ending: OutputEnding, into y: UnsafeMutablePointer<Float>) {
        let row = geometry.outputWidth / 2 &* geometry.filters
        let bias = ending.bias.map { Vector($0) } ?? Vector()
        for column in 0..<geometry.outputWidth / 2 {
            let out = y + column &* geometry.filters
            let (a, b) = (
                rows(2 &* column, filter, ending, bias), rows(2 &* column &+ 1, filter, ending, bias)
            )
            a.0.larger(a.1).larger(b.0.larger(b.1)).store(out)
            a.2.larger(a.3).larger(b.2.larger(b.3)).store(out + row)
        }
    }
}

/// Sixteen floats of a transformed filter.
private typealias Sixteen = SIMD16<Float>

extension Sixteen {
    @inline(__always)
    fileprivate init(_ pointer: UnsafePointer<Float>) {
        self = UnsafeRawPointer(pointer).loadUnaligned(as: Sixteen.self)
    }

    @inline(__always)
    fileprivate func store(_ pointer: UnsafeMutablePointer<Float>) {
        UnsafeMutableRawPointer(pointer).storeBytes(of: self, as: Sixteen.self)
    }
}

/// The sums of sixteen filters over five pixels.
private struct FivePixels {
    private var s0 = Sixteen(), s1 = Sixteen(), s2 = Sixteen(), s3 = Sixteen(), s4 = Sixteen()

    /// - Parameter apart: floats from one pixel to the next.
    @inline(__always)
    mutating func add(_ x: UnsafePointer<Float>, apart step: Int, times w: Sixteen) {
        s0 += w * x[0]
        s1 += w * x[step]
        s2 += w * x[2 &* step]
        s3 += w * x[3 &* step]
        s4 += w * x[4 &* step]
    }

    @inline(__always)
    func store(_ sums: UnsafeMutablePointer<Float>) {
        s0.store(sums)
        s1.store(sums + FilterStrips.filtersAtOnce)
        s2.store(sums + 2 &* FilterStrips.filtersAtOnce)
        s3.store(sums + 3 &* FilterStrips.filtersAtOnce)
        s4.store(sums + 4 &* FilterStrips.filtersAtOnce)
    }
}
