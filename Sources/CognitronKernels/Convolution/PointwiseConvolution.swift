// Convolution with 1×1 filters as one matrix product over the pixels.
//
// A patch is a pixel, so x is the column matrix and nothing is copied. Larger strides skip pixels; then
// im2col gathers the others, a tile at a time.

enum PointwiseConvolution {
    /// Channels per tile of a weight gradient that is larger than the cache.
    private static let channelsAtOnce = 128

    /// Whether every output reads exactly one pixel inside the image.
    static func supports(_ g: ConvolutionGeometry) -> Bool {
        g.taps == 1 && g.groups == 1 && g.top == 0 && g.left == 0
            && (g.outputHeight - 1) * g.strideY < g.height && (g.outputWidth - 1) * g.strideX < g.width
    }

    /// Whether every pixel is read, so that x (positions, C) is the column matrix.
    private static func readsEveryPixel(_ g: ConvolutionGeometry) -> Bool {
        g.outputHeight == g.height && g.outputWidth == g.width
    }

    /// y (positions, OC) ← x (positions, C) · w (C, OC), then `ending`.
    ///
    /// - Parameter groups: the cached `Im2colConvolution.filterGroups` of w, if any.
    static func forward(
        _ g: ConvolutionGeometry, _ x: UnsafePointer<Float>, _ w: UnsafePointer<Float>,
        _ groups: FilterGroups?, _ ending: OutputEnding, into y: UnsafeMutablePointer<Float>
    ) {
        guard readsEveryPixel(g) else { return Im2colConvolution.forward(g, x, w, groups, ending, into: y) }
        guard !Im2colConvolution.hasFewPositions(g) else {
            return Im2colConvolution.multiplyByFilters(g, x, w, groups, ending, into: y)
        }
        WorkerPool.shared.run(total: g.positions, grain: Im2colConvolution.rowsPerTile(g.channels)) {
            range, _ in
            let out = y + range.lowerBound * g.filters
            BLAS.multiply(
                MatrixView(x + range.lowerBound * g.channels, range.count, g.channels),
                MatrixView(w, g.channels, g.filters), into: out)
            ending.apply(to: out, rows: range.count, columns: g.filters)
        }
    }

    /// dx (N, H, W, C) ← dy (positions, OC) · wᵀ (OC, C) at the pixels that an output reads, and zero
    /// elsewhere: for strides larger than 1.
    static func dataGradient(
        _ g: ConvolutionGeometry, _ dy: UnsafePointer<Float>, _ w: UnsafePointer<Float>,
        into dx: UnsafeMutablePointer<Float>
    ) {
        // Products with a transposed copy of w are faster than with w read as its transpose.
        let transposed = Buffer(scratch: g.weightCount)
        FilterLayout.transpose(g, w, into: transposed.pointer)
        let rows = Im2colConvolution.rowsPerTile(max(g.channels, g.filters))
        let workers = WorkerPool.shared.count
        let scratch = Buffer(scratch: workers * rows * g.channels)
        WorkerPool.shared.run(total: g.positions, grain: rows, workers: workers) { range, worker in
            let products = scratch.pointer + worker * rows * g.channels
            BLAS.multiply(
                MatrixView(dy + range.lowerBound * g.filters, range.count, g.filters),
                MatrixView(transposed.pointer, g.filters, g.channels), into: products)
            spread(g, products, positions: range, into: dx)
        }
        withExtendedLifetime((transposed, scratch)) {}
    }

    /// Writes the products to dx with zeros between them. Each output pixel writes the pixel of dx that it
    /// reads and those to the right and below, up to the next such pixel, so that every pixel of dx is
    /// written once, by one worker.
    private static func spread(
        _ g: ConvolutionGeometry, _ products: UnsafePointer<Float>, positions: Range<Int>,
        into dx: UnsafeMutablePointer<Float>
    ) {
        let c = g.channels
        for position in positions {
            let (n, oh) = (position / g.outputPixels, position % g.outputPixels / g.outputWidth)
            let ow = position % g.outputWidth
            let rows = oh * g.strideY..<(oh + 1 == g.outputHeight ? g.height : (oh + 1) * g.strideY)
            let columns = ow * g.strideX..<(ow + 1 == g.outputWidth ? g.width : (ow + 1) * g.strideX)
            for row in rows {
                let target = dx + ((n * g.height + row) * g.width + columns.lowerBound) * c
                let isSeen = row == rows.lowerBound
                if isSeen { target.update(from: products + (position - positions.lowerBound) * c, count: c) }
                (target + (isSeen ? c : 0))
                    .update(repeating: 0, count: (columns.count - (isSeen ? 1 : 0)) * c)
            }
        }
    }

    /// dw (C, OC) ← beta · dw + xᵀ (C, positions) · dy (positions, OC), the sum split into groups of
    /// positions as by im2col. A large dw is split into groups of channels as well.
    static func weightGradient(
        _ g: ConvolutionGeometry, _ x: UnsafePointer<Float>, _ dy: UnsafePointer<Float>,
        into dw: UnsafeMutablePointer<Float>, beta: Float
    ) {
        guard readsEveryPixel(g) else {
            return Im2colConvolution.weightGradient(g, x, dy, into: dw, beta: beta)
        }
        let plan = WeightGradientPlan(g)
        let partial = Buffer(scratch: plan.groups * g.weightCount)
        let pieces = plan.isLarge ? (g.channels + channelsAtOnce - 1) / channelsAtOnce : 1
        WorkerPool.shared.run(tiles: plan.groups * pieces) { tile, _ in
            let (group, piece) = (tile / pieces, tile % pieces)
            let positions = plan.positions(ofGroup: group)
            let channels = g.channels * piece / pieces..<g.channels * (piece + 1) / pieces
            let pixels = MatrixView(x + positions.lowerBound * g.channels, positions.count, g.channels)
            BLAS.multiply(
                pixels.transposed.rows(from: channels.lowerBound, channels.count),
                MatrixView(dy + positions.lowerBound * g.filters, positions.count, g.filters),
                into: partial.pointer + group * g.weightCount + channels.lowerBound * g.filters)
        }
        Reduction.sumRows(partial.pointer, rows: plan.groups, columns: g.weightCount, into: dw, beta: beta)
    }
}
