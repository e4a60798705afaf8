// Convolution with filters of five rows by Winograd's minimal filtering F(4, 5) along the columns.
//
// A strip is four rows of output, which depend on eight rows of the image. These are transformed column by
// column; then a filter column costs eight multiplications for four outputs, where direct sums take twenty.
// Along the rows the sums are direct. Vectors hold filters where their number is a multiple of sixteen,
// otherwise pixels of a plane.

enum StripConvolution {
    static func supports(_ g: ConvolutionGeometry) -> Bool {
        g.groups == 1 && g.strideX == 1 && g.strideY == 1 && g.dilationY == 1
            && g.kernelHeight == StripTransforms.taps && g.outputHeight >= StripTransforms.outputs
            && (FilterStrips.supports(g) || PixelStrips.supports(g))
    }

    /// Whether eight multiplications instead of twenty outweigh products that the compiler does not fuse with
    /// sums, and the outputs computed twice where strips and vectors overlap.
    static func isFaster(_ g: ConvolutionGeometry) -> Bool {
        FilterStrips.supports(g)
            ? Build.hasWideVectors && isCovered(g, byPixels: FilterStrips.pixelsAtOnce)
            : PixelStrips.isFaster(g) && isCovered(g, byPixels: Vector.width)
    }

    /// Whether strips of `width` pixels compute at most twice as many outputs as there are.
    private static func isCovered(_ g: ConvolutionGeometry, byPixels width: Int) -> Bool {
        func covered(_ count: Int, by size: Int) -> Int { (count + size - 1) / size * size }
        return covered(g.outputWidth, by: width) * covered(g.outputHeight, by: StripTransforms.outputs)
            <= 2 * g.outputPixels
    }

    /// Whether max pooling of 2×2 pixels with stride 2 can be fused.
    static func canPool(_ g: ConvolutionGeometry) -> Bool {
        g.outputHeight.isMultiple(of: 2) && g.outputWidth.isMultiple(of: 2)
    }

    /// Packs the filters w for the strips.
    static func filters(_ g: ConvolutionGeometry, _ w: UnsafePointer<Float>) -> StripFilters {
        FilterStrips.supports(g) ? FilterStrips.filters(g, w) : PixelStrips.filters(g, w)
    }

    /// y ← x ∗ w, then `ending`; with `isPooled`, the maximum of each 2×2 pixels.
    ///
    /// - Parameter filters: the cached result of `filters(_:_:)` for w, if any.
    static func forward(
        _ g: ConvolutionGeometry, _ x: UnsafePointer<Float>, _ w: UnsafePointer<Float>,
        _ filters: StripFilters?, _ ending: OutputEnding, isPooled: Bool = false,
        into y: UnsafeMutablePointer<Float>
    ) {
        let filters = filters ?? self.filters(g, w)
        if FilterStrips.supports(g) {
            FilterStrips(g).run(x, filters, ending, isPooled, into: y)
        } else {
            PixelStrips(g).run(x, filters, ending, isPooled, into: y)
        }
    }
}

extension Planes {
    /// Calls `body` with the first row, counted from the tile's, of each strip of a tile. The last may
    /// overlap the one before.
    @inline(__always)
    func forEachStrip(_ body: (_ row: Int) -> Void) {
        for row in stride(from: 0, to: outputRows, by: StripTransforms.outputs) {
            body(min(row, outputRows - StripTransforms.outputs))
        }
    }
}

/// The transformed columns of all filters, packed in the order in which the strips read them.
package struct StripFilters: Sendable {
    private let buffer: Buffer

    /// - Parameter count: floats of the transformed columns.
    init(count: Int) { buffer = Buffer(count) }

    var pointer: UnsafeMutablePointer<Float> { buffer.pointer }

    /// Filter columns per tile of the transform.
    private static let columnsAtOnce = 1 << 12

    /// Calls `body`, on several threads, with each value of the transformed columns of the filters w: its
    /// point, kernel column, channel and filter.
    static func forEachNumber(
        _ g: ConvolutionGeometry, _ w: UnsafePointer<Float>,
        _ body: (_ point: Int, _ kw: Int, _ c: Int, _ filter: Int, Float) -> Void
    ) {
        let tapRow = g.kernelWidth * g.channels * g.filters
        let grain = max(1, columnsAtOnce / max(1, g.filters))
        WorkerPool.shared.run(total: g.kernelWidth * g.channels, grain: grain) { rows, _ in
            for row in rows {
                let (kw, c) = row.quotientAndRemainder(dividingBy: g.channels)
                for filter in 0..<g.filters {
                    let g0 = w + row * g.filters + filter
                    let taps = (g0[0], g0[tapRow], g0[2 * tapRow], g0[3 * tapRow], g0[4 * tapRow])
                    StripTransforms.filter(taps) { body($0, kw, c, filter, $1) }
                }
            }
        }
    }
}
