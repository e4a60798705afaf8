// Convolution with few filters, as direct sums over neighbouring pixels of a plane.
//
// With channels last, a matrix product has a column for each filter, and six columns (LeNet's first layer) fill less than a
// vector. The pixels of a row, on the other hand, are many and all do the same. So an image is taken apart into a plane for
// each channel with zeros around it, and each weight is multiplied by eight pixels at a time, for as many filters as there
// are registers for their sums.

enum PlanarConvolution {
    /// Filters that fill the registers, up to those whose columns in a product fill vectors of their own.
    private static let suitedFilters = 4..<16
    /// Terms of a sum from which on products are faster all the same.
    private static let manyTerms = 200

    static func supports(_ g: ConvolutionGeometry) -> Bool {
        g.groups == 1 && g.strideX == 1 && g.outputWidth >= Planes.step
    }

    static func pays(_ g: ConvolutionGeometry) -> Bool {
        suitedFilters.contains(g.filters) && hasShortSums(g)
    }

    static func hasShortSums(_ g: ConvolutionGeometry) -> Bool { g.terms <= manyTerms }

    /// Whether max pooling with touching windows of 2×2 can be done before the output leaves the registers.
    static func canPool(_ g: ConvolutionGeometry) -> Bool {
        g.outputHeight.isMultiple(of: 2) && g.outputWidth.isMultiple(of: 2)
    }

    /// y ← x ∗ w, and what `ending` adds; with `isPooled`, of each 2×2 pixels the largest.
    static func forward(
        _ g: ConvolutionGeometry, _ x: UnsafePointer<Float>, _ w: UnsafePointer<Float>,
        _ ending: OutputEnding, isPooled: Bool = false, into y: UnsafeMutablePointer<Float>
    ) {
        let planes = Planes(g, rowsAtOnce: 2)
        let workers = WorkerPool.shared.count
        let scratch = Buffer(scratch: workers * planes.count)
        let weights = Buffer(scratch: g.weightCount * Planes.step)
        RepeatedWeights.fill(g, w, into: weights.pointer)
        planes.forEachTile(workers: workers) { n, first, worker in
            let source = scratch.pointer + worker * planes.count
            planes.gather(x, image: n, row: first, into: source)
            let out = y + planes.outputOffset(image: n, row: first, isPooled: isPooled)
            convolve(planes, source, weights.pointer, ending, isPooled, into: out)
        }
        withExtendedLifetime((scratch, weights)) {}
    }

    /// The rows of a tile, two at a time: so a narrow picture still fills a vector.
    private static func convolve(
        _ planes: Planes, _ source: UnsafePointer<Float>, _ weights: UnsafePointer<Float>,
        _ ending: OutputEnding, _ isPooled: Bool, into y: UnsafeMutablePointer<Float>
    ) {
        let g = planes.geometry
        for row in stride(from: 0, to: planes.outputRows, by: 2) {
            let second = min(row + 1, planes.outputRows - 1)
            Planes.forEachStep(g.outputWidth) { column in
                let pixels = PixelBlock(
                    windows: (source + planes.offset(row, column), source + planes.offset(second, column)),
                    row: row, second: second, column: column, isPooled: isPooled)
                forEachBlock(g.filters) { filter, size in
                    let block = weights + filter &* g.terms &* Planes.step
                    let ending = ending.from(filter: filter)
                    switch size {
                    case 6: pixels.convolve(SixSums.self, planes, block, ending, into: y + filter)
                    case 2: pixels.convolve(TwoSums.self, planes, block, ending, into: y + filter)
                    default: pixels.convolve(OneSum.self, planes, block, ending, into: y + filter)
                    }
                }
            }
        }
    }

    /// Calls `body` with the first filter and the size of each block of filters that are computed together.
    @inline(__always)
    fileprivate static func forEachBlock(_ filters: Int, _ body: (_ filter: Int, _ size: Int) -> Void) {
        var filter = 0
        while filter < filters {
            let rest = filters &- filter
            let size = rest >= 6 ? 6 : rest >= 2 ? 2 : 1
            body(filter, size)
            filter &+= size
        }
    }
}

/// Every weight as often as pixels are computed together, in the order that they are read in: for a block of filters, channel
/// by channel, tap by tap, the block's filters side by side.
private enum RepeatedWeights {
    static func fill(
        _ g: ConvolutionGeometry, _ w: UnsafePointer<Float>, into repeated: UnsafeMutablePointer<Float>
    ) {
        PlanarConvolution.forEachBlock(g.filters) { filter, size in
            var out = repeated + filter * g.terms * Planes.step
            for c in 0..<g.channels {
                for tap in 0..<g.taps {
                    let row = w + (tap * g.channels + c) * g.filters + filter
                    for i in 0..<size {
                        out.update(repeating: row[i], count: Planes.step)
                        out += Planes.step
                    }
                }
            }
        }
    }
}

/// Four neighbouring pixels of the output and four of the next row.
private struct PixelBlock {
    /// Where the windows of the first pixels begin.
    let windows: (UnsafePointer<Float>, UnsafePointer<Float>)
    let row: Int, second: Int, column: Int
    let isPooled: Bool

    /// The sums of a block of filters over the windows, with their ending, into the output, of which `y` is the block's first
    /// filter in the first pixel.
    @inline(__always)
    func convolve<Sums: FilterSums>(
        _: Sums.Type, _ planes: Planes, _ weights: UnsafePointer<Float>, _ ending: OutputEnding,
        into y: UnsafeMutablePointer<Float>
    ) {
        let g = planes.geometry
        var sums = Sums(startingWith: ending.bias)
        var w = weights
        for c in 0..<g.channels {
            var (a, b) = (windows.0 + c &* planes.planeSize, windows.1 + c &* planes.planeSize)
            for _ in 0..<g.kernelHeight {
                for kw in 0..<g.kernelWidth {
                    let column = kw &* g.dilationX
                    sums.add(Vector(lowHalf: Quad(a + column), highHalf: Quad(b + column)), w)
                    w += Sums.count &* Planes.step
                }
                a += planes.tapRow
                b += planes.tapRow
            }
        }
        if ending.isRectified { sums.rectify() }
        if isPooled {
            let out = y + (row / 2 &* (g.outputWidth / 2) &+ column / 2) &* g.filters
            sums.forEachPair { i, isPair, a, b in
                let above = QuadPair(a.lowHalf, b.lowHalf, isPair: isPair)
                let below = QuadPair(a.highHalf, b.highHalf, isPair: isPair)
                above.storePooled(with: below, out + i, filters: g.filters)
            }
        } else {
            let above = y + (row &* g.outputWidth &+ column) &* g.filters
            let below = y + (second &* g.outputWidth &+ column) &* g.filters
            sums.forEachPair { i, isPair, a, b in
                QuadPair(a.lowHalf, b.lowHalf, isPair: isPair).store(above + i, filters: g.filters)
                QuadPair(a.highHalf, b.highHalf, isPair: isPair).store(below + i, filters: g.filters)
            }
        }
    }
}

/// The sums of a few filters over eight pixels.
private protocol FilterSums {
    static var count: Int { get }
    /// - Parameter bias: of the first filter and those after it.
    init(startingWith bias: UnsafePointer<Float>?)
    /// Adds eight pixels times a weight of each filter.
    mutating func add(_ x: Vector, _ weights: UnsafePointer<Float>)
    mutating func rectify()
    /// Calls `body` with the number and the sums of each filter that is first of two, and those of the second, if there is
    /// one.
    func forEachPair(_ body: (_ filter: Int, _ isPair: Bool, _ a: Vector, _ b: Vector) -> Void)
}

/// Weight number `i` of a block for four pixels of both rows.
@inline(__always)
private func pair(_ weights: UnsafePointer<Float>, _ i: Int) -> Vector {
    let w = Quad(weights + i &* Planes.step)
    return Vector(lowHalf: w, highHalf: w)
}

private struct OneSum: FilterSums {
    static let count = 1
    private var sum: Vector

    @inline(__always)
    init(startingWith bias: UnsafePointer<Float>?) { sum = Vector(repeating: bias?[0] ?? 0) }

    @inline(__always)
    mutating func add(_ x: Vector, _ weights: UnsafePointer<Float>) { sum += x * pair(weights, 0) }

    @inline(__always)
    mutating func rectify() { sum = sum.raised(to: Vector()) }

    @inline(__always)
    func forEachPair(_ body: (_ filter: Int, _ isPair: Bool, _ a: Vector, _ b: Vector) -> Void) {
        body(0, false, sum, sum)
    }
}

private struct TwoSums: FilterSums {
    static let count = 2
    private var a: Vector, b: Vector

    @inline(__always)
    init(startingWith bias: UnsafePointer<Float>?) {
        a = Vector(repeating: bias?[0] ?? 0)
        b = Vector(repeating: bias?[1] ?? 0)
    }

    @inline(__always)
    mutating func add(_ x: Vector, _ weights: UnsafePointer<Float>) {
        a += x * pair(weights, 0)
        b += x * pair(weights, 1)
    }

    @inline(__always)
    mutating func rectify() {
        a = a.raised(to: Vector())
        b = b.raised(to: Vector())
    }

    @inline(__always)
    func forEachPair(_ body: (_ filter: Int, _ isPair: Bool, _ a: Vector, _ b: Vector) -> Void) {
        body(0, true, a, b)
    }
}

private struct SixSums: FilterSums {
    static let count = 6
    private var pairs: (TwoSums, TwoSums, TwoSums)

    @inline(__always)
    init(startingWith bias: UnsafePointer<Float>?) {
        pairs.0 = TwoSums(startingWith: bias)
        pairs.1 = TwoSums(startingWith: bias.map { $0 + 2 })
        pairs.2 = TwoSums(startingWith: bias.map { $0 + 4 })
    }

    @inline(__always)
    mutating func add(_ x: Vector, _ weights: UnsafePointer<Float>) {
        pairs.0.add(x, weights)
        pairs.1.add(x, weights + 2 &* Planes.step)
        pairs.2.add(x, weights + 4 &* Planes.step)
    }

    @inline(__always)
    mutating func rectify() {
        pairs.0.rectify()
        pairs.1.rectify()
        pairs.2.rectify()
    }

    @inline(__always)
    func forEachPair(_ body: (_ filter: Int, _ isPair: Bool, _ a: Vector, _ b: Vector) -> Void) {
        pairs.0.forEachPair { body($0, $1, $2, $3) }
        pairs.1.forEachPair { body($0 &+ 2, $1, $2, $3) }
        pairs.2.forEachPair { body($0 &+ 4, $1, $2, $3) }
    }
}
