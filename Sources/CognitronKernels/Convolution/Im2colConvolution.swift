// Convolution as matrix products over a column matrix that is gathered a tile at a time, never as a whole.
//
// Chellapilla, Puri and Simard, "High Performance Convolutional Neural Networks for Document Processing"
// (2006).

enum Im2colConvolution {
    /// Floats of column matrix per tile: 256 KiB, which stays in a core's second-level cache beside the
    /// operands that OpenBLAS packs. With 1 MiB the data gradient of a 3×3 convolution with stride 2 drops
    /// from 82 % to 70 % of the sgemm peak; less makes the products too small.
    private static let tileFloats = 1 << 16
    /// Rows per tile: with fewer, OpenBLAS spends more on packing the filters than it gains; more gain
    /// nothing.
    private static let tileRows = 256...512

    /// Number of position tiles up to which workers split the filters instead.
    private static let fewTiles = 3
    private static let mostFiltersPerGroup = 64
    /// Multiply-adds up to which one worker computes the whole product.
    private static let fewMultiplyAdds = 1 << 19
    /// Floats of column matrix per gathering tile, where the whole matrix is gathered first.
    private static let gatherGrain = 1 << 14

    /// Rows per product for patches of `terms` values.
    static func rowsPerTile(_ terms: Int) -> Int {
        let fitting = tileFloats / max(1, terms) / 16 * 16
        return min(max(fitting, tileRows.lowerBound), tileRows.upperBound)
    }

    /// y (positions, OC) ← col (positions, terms) · w (terms, OC) + bias
    ///
    /// - Parameter groups: the cached result of `filterGroups` for w, if any.
    static func forward(
        _ g: ConvolutionGeometry, _ x: UnsafePointer<Float>, _ w: UnsafePointer<Float>,
        _ groups: FilterGroups?, _ ending: OutputEnding, into y: UnsafeMutablePointer<Float>
    ) {
        guard !hasFewPositions(g) else { return forwardByFilters(g, x, w, groups, ending, into: y) }
        let rows = rowsPerTile(g.terms)
        let workers = WorkerPool.shared.count
        let scratch = Buffer(scratch: workers * rows * g.terms)
        WorkerPool.shared.run(total: g.positions, grain: rows, workers: workers) { range, worker in
            let col = scratch.pointer + worker * rows * g.terms
            Im2col.gather(g, x, positions: range, taps: .all(g), into: col)
            let out = y + range.lowerBound * g.filters
            BLAS.multiply(MatrixView(col, range.count, g.terms), MatrixView(w, g.terms, g.filters), into: out)
            ending.apply(to: out, rows: range.count, columns: g.filters)
        }
    }

    /// Whether the workers split the filters instead of the positions, as for a single image.
    static func hasFewPositions(_ g: ConvolutionGeometry) -> Bool {
        g.positions <= fewTiles * rowsPerTile(g.terms)
    }

    /// Forward pass for few positions: gathers the whole column matrix, then multiplies.
    private static func forwardByFilters(
        _ g: ConvolutionGeometry, _ x: UnsafePointer<Float>, _ w: UnsafePointer<Float>,
        _ groups: FilterGroups?, _ ending: OutputEnding, into y: UnsafeMutablePointer<Float>
    ) {
        let col = Buffer(scratch: g.positions * g.terms)
        WorkerPool.shared.run(total: g.positions, grain: max(1, gatherGrain / max(1, g.terms))) { range, _ in
            Im2col.gather(
                g, x, positions: range, taps: .all(g), into: col.pointer + range.lowerBound * g.terms)
        }
        multiplyByFilters(g, col.pointer, w, groups, ending, into: y)
        withExtendedLifetime(col) {}
    }

    /// y ← col (positions, terms) · w, then `ending`. Each worker computes some of the filters.
    static func multiplyByFilters(
        _ g: ConvolutionGeometry, _ col: UnsafePointer<Float>, _ w: UnsafePointer<Float>,
        _ groups: FilterGroups?, _ ending: OutputEnding, into y: UnsafeMutablePointer<Float>
    ) {
        let size = filtersPerGroup(g)
        // Groups cached for another batch size may have another size; the split must depend on the geometry
        // alone.
        let groups = groups?.size == size ? groups : nil
        WorkerPool.shared.run(total: g.filters, grain: size) { range, _ in
            let out = y + range.lowerBound
            BLAS.multiply(
                MatrixView(col, g.positions, g.terms),
                groups?.columns(range)
                    ?? MatrixView(w, g.terms, g.filters).columns(from: range.lowerBound, range.count),
                into: out, stride: g.filters)
            ending.from(filter: range.lowerBound)
                .apply(to: out, rows: g.positions, columns: range.count, stride: g.filters)
        }
    }

    /// Filters per worker and product where positions are few.
    private static func filtersPerGroup(_ g: ConvolutionGeometry) -> Int {
        guard g.multiplyAdds > fewMultiplyAdds else { return max(1, g.filters) }
        // At most half of the columns, so that at least two workers have some.
        let wanted = min(mostFiltersPerGroup, (g.filters + 1) / 2)
        return max(Vector.width, (wanted + Vector.width - 1) / Vector.width * Vector.width)
    }

    /// Packs the filters w for few positions; nil where the unpacked filters are as fast.
    static func filterGroups(_ g: ConvolutionGeometry, _ w: UnsafePointer<Float>) -> FilterGroups? {
        let size = filtersPerGroup(g)
        guard hasFewPositions(g), size < g.filters else { return nil }
        return FilterGroups(w, terms: g.terms, filters: g.filters, size: size)
    }

    /// dcol (positions, terms) ← dy (positions, OC) · wᵀ (OC, terms), scattered into dx. Patches overlap, so
    /// a worker takes whole images. (With stride 1, `Convolution` may run a convolution instead.)
    static func dataGradient(
        _ g: ConvolutionGeometry, _ dy: UnsafePointer<Float>, _ w: UnsafePointer<Float>,
        into dx: UnsafeMutablePointer<Float>
    ) {
        let rows = rowsPerTile(g.terms)
        let workers = WorkerPool.shared.count
        let scratch = Buffer(scratch: workers * rows * g.terms)
        // Products with a transposed copy of w are faster than with w read as its transpose.
        let transposed = Buffer(scratch: g.weightCount)
        FilterLayout.transpose(g, w, into: transposed.pointer)
        let imageSize = g.height * g.width * g.channels
        WorkerPool.shared.run(total: g.batch, grain: max(1, rows / max(1, g.outputPixels)), workers: workers)
        {
            images, worker in
            let dcol = scratch.pointer + worker * rows * g.terms
            (dx + images.lowerBound * imageSize).update(repeating: 0, count: images.count * imageSize)
            let end = images.upperBound * g.outputPixels
            for start in stride(from: images.lowerBound * g.outputPixels, to: end, by: rows) {
                let positions = start..<min(start + rows, end)
                BLAS.multiply(
                    MatrixView(dy + start * g.filters, positions.count, g.filters),
                    MatrixView(transposed.pointer, g.filters, g.terms), into: dcol)
                Im2col.scatterAdd(g, dcol, positions: positions, into: dx)
            }
        }
        withExtendedLifetime(transposed) {}
    }

    /// dw (terms, OC) ← beta · dw + colᵀ (terms, positions) · dy (positions, OC)
    ///
    /// The sum over positions is split twice, by shape alone: into groups of positions, whose partial sums
    /// are added in order at the end; and, where dw is too large for the cache, into single taps.
    static func weightGradient(
        _ g: ConvolutionGeometry, _ x: UnsafePointer<Float>, _ dy: UnsafePointer<Float>,
        into dw: UnsafeMutablePointer<Float>, beta: Float
    ) {
        let plan = WeightGradientPlan(g)
        let workers = WorkerPool.shared.count
        let scratch = Buffer(scratch: workers * plan.rows * plan.windowTerms)
        let partial = Buffer(scratch: plan.groups * g.weightCount)
        WorkerPool.shared.run(tiles: plan.groups * plan.windows, workers: workers) { tile, worker in
            let (group, window) = (tile / plan.windows, tile % plan.windows)
            let taps: TapWindow = plan.windows == 1 ? .all(g) : .single(window, g)
            let col = scratch.pointer + worker * plan.rows * plan.windowTerms
            let sum = partial.pointer + group * g.weightCount + window * plan.windowTerms * g.filters
            let positions = plan.positions(ofGroup: group)
            for start in stride(from: positions.lowerBound, to: positions.upperBound, by: plan.rows) {
                let range = start..<min(start + plan.rows, positions.upperBound)
                Im2col.gather(g, x, positions: range, taps: taps, into: col)
                BLAS.multiply(
                    MatrixView(col, range.count, plan.windowTerms).transposed,
                    MatrixView(dy + start * g.filters, range.count, g.filters), into: sum,
                    beta: start == positions.lowerBound ? 0 : 1)
            }
        }
        Reduction.sumRows(partial.pointer, rows: plan.groups, columns: g.weightCount, into: dw, beta: beta)
    }
}

/// Splits the sum of a weight gradient into tiles.
struct WeightGradientPlan {
    /// dw larger than this (1 MiB) does not stay in the second-level cache from one product to the next.
    private static let largeSum = 1 << 18
    /// Number of partial sums: enough tiles for the workers, at most 16 copies of a small dw or 2 of a large
    /// one.
    private static let groupsOfSmallSum = 16
    private static let groupsOfLargeSum = 2
    /// Floats of column matrix per product. Larger than the other passes' tiles: here positions are the inner
    /// dimension of the product.
    private static let columnFloats = 1 << 18

    /// Whether dw is too large for the cache.
    let isLarge: Bool
    let windows: Int  // 1, or one per tap
    let windowTerms: Int
    let rows: Int  // of the column matrix per product
    let groups: Int
    private let positions: Int

    init(_ g: ConvolutionGeometry) {
        isLarge = g.weightCount > Self.largeSum
        windows = isLarge ? g.taps : 1
        windowTerms = g.terms / windows
        rows = min(max(Self.columnFloats / max(1, windowTerms) / 16 * 16, 256), 1024)
        positions = g.positions
        let wanted = isLarge ? Self.groupsOfLargeSum : Self.groupsOfSmallSum
        groups = max(1, min(wanted, positions / 64))
    }

    func positions(ofGroup group: Int) -> Range<Int> {
        positions * group / groups..<positions * (group + 1) / groups
    }
}
