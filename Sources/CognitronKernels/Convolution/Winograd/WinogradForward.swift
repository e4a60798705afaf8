/// The forward pass of a Winograd convolution: transforms patches, multiplies them by the transformed
/// filters, and transforms the products into tiles of y.
struct WinogradForward<Scheme: WinogradScheme> {
    private let g: ConvolutionGeometry
    private let grid: WinogradGrid<Scheme>

    init(_ g: ConvolutionGeometry) {
        self.g = g
        grid = WinogradGrid(g)
    }

    /// Pairs of channel and filter up to which the transformed filters (4.5 MiB) stay in the shared cache.
    private static var pairsInCache: Int { 1 << 15 }
    /// Tiles that go through all steps together, 32 with 36 products: with 64 channels their two transformed
    /// forms fill 600 KiB, and OpenBLAS multiplies matrices of this size without packing them.
    private static var tilesAtOnce: Int { 1152 / Scheme.products }
    /// Floats of transformed patches in a block that all workers share: the size of a large third-level
    /// cache.
    private static var blockFloats: Int { 3 << 20 }

    /// y ← x ∗ w, then `ending`.
    ///
    /// - Parameter transformed: the cached transform of w, if any.
    func run(
        _ x: UnsafePointer<Float>, _ w: UnsafePointer<Float>, _ transformed: TransformedFilters?,
        _ ending: OutputEnding, into y: UnsafeMutablePointer<Float>
    ) {
        // All transformed filters stay in the cache, and there are enough tiles for all workers.
        if g.channels * g.filters <= Self.pairsInCache
            && (grid.count > Self.tilesAtOnce || g.filters < 2 * VectorGroups.usualSize)
        {
            tileByTile(x, transformed ?? TransformedFilters(g, w, Scheme.self), ending, into: y)
        } else {
            filterByFilter(x, w, transformed, ending, into: y)
        }
    }

    /// Transforms all filters first, then runs all three steps on one block of tiles after another, so that
    /// filters and intermediate results stay in the cache.
    private func tileByTile(
        _ x: UnsafePointer<Float>, _ filters: TransformedFilters, _ ending: OutputEnding,
        into y: UnsafeMutablePointer<Float>
    ) {
        let block = min(Self.tilesAtOnce, max(WinogradConvolution.fewestTiles, grid.count / 4))
        let size = (
            v: WinogradPlanes.size(Scheme.products, rows: block, columns: g.channels),
            m: WinogradPlanes.size(Scheme.products, rows: block, columns: g.filters)
        )
        let share = size.v + size.m + g.channels + g.filters
        let workers = WorkerPool.shared.count
        let scratch = Buffer(scratch: workers * share)
        WorkerPool.shared.run(total: grid.count, grain: block, workers: workers) { tiles, worker in
            let base = scratch.pointer + worker * share
            let v = WinogradPlanes(base, rows: block, columns: g.channels)
            let m = WinogradPlanes(base + size.v, rows: block, columns: g.filters)
            let zeros = base + size.v + size.m
            zeros.update(repeating: 0, count: g.channels)
            grid.transformInput(x, tiles: tiles, into: v, zeros: zeros)
            for group in 0..<filters.groups.count {
                multiply(
                    v, filters[group], into: m, firstColumn: filters.groups[group].lowerBound,
                    rows: tiles.count)
            }
            grid.transformOutput(m, tiles: tiles, ending, into: y, spare: zeros + g.channels)
        }
        withExtendedLifetime((filters, scratch)) {}
    }

    /// For filters larger than the cache, each transformed once per large block of tiles, and for few tiles.
    /// All workers transform the block's patches; then each worker runs the transform, the products and the
    /// outputs of some filters.
    private func filterByFilter(
        _ x: UnsafePointer<Float>, _ w: UnsafePointer<Float>, _ transformed: TransformedFilters?,
        _ ending: OutputEnding, into y: UnsafeMutablePointer<Float>
    ) {
        let block = Blocks.size(
            grid.count, atMost: Self.blockFloats / (Scheme.products * max(g.channels, g.filters)))
        let groups = VectorGroups(of: g.filters, size: VectorGroups.usualSize)
        let size = (
            u: transformed == nil
                ? WinogradPlanes.size(Scheme.filterProducts, rows: g.channels, columns: groups.largest) : 0,
            m: WinogradPlanes.size(Scheme.products, rows: block, columns: groups.largest)
        )
        let share = size.u + size.m + groups.largest
        let workers = min(WorkerPool.shared.count, groups.count)
        let scratch = ScratchArrays([
            WinogradPlanes.size(Scheme.products, rows: block, columns: g.channels), g.channels,
            workers * share,
        ])
        let v = WinogradPlanes(scratch[0], rows: block, columns: g.channels)
        let zeros = scratch[1]
        zeros.update(repeating: 0, count: g.channels)
        for start in stride(from: 0, to: grid.count, by: block) {
            let tiles = start..<min(start + block, grid.count)
            WorkerPool.shared.run(total: tiles.count, grain: max(1, min(4, tiles.count / 8))) { rows, _ in
                let part = start + rows.lowerBound..<start + rows.upperBound
                grid.transformInput(x, tiles: part, into: v, firstRow: rows.lowerBound, zeros: zeros)
            }
            WorkerPool.shared.run(tiles: groups.count, workers: workers) { group, worker in
                let filters = groups[group]
                let base = scratch[2] + worker * share
                let m = WinogradPlanes(base + size.u, rows: block, columns: filters.count)
                let u: WinogradPlanes
                if let transformed {
                    u = transformed[group]
                } else {
                    u = WinogradPlanes(base, rows: g.channels, columns: filters.count)
                    Scheme.transformFilters(
                        FilterTaps(g, w), rows: 0..<g.channels, columns: filters, into: u)
                }
                multiply(v, u, into: m, rows: tiles.count)
                grid.transformOutput(
                    m, tiles: tiles, ending.from(filter: filters.lowerBound), into: y + filters.lowerBound,
                    spare: base + size.u + size.m)
            }
        }
        withExtendedLifetime((transformed, scratch)) {}
    }

    /// m[k] (rows, OC), from column `firstColumn` on, ← v[k] (rows, C) · u (C, u.columns), for each product
    /// k.
    private func multiply(
        _ v: WinogradPlanes, _ u: WinogradPlanes, into m: WinogradPlanes, firstColumn: Int = 0, rows: Int
    ) {
        for product in 0..<Scheme.products {
            BLAS.multiply(
                MatrixView(v.plane(product), rows, v.columns),
                MatrixView(u.plane(Scheme.filterPlane(of: product)), v.columns, u.columns),
                into: m.plane(product) + firstColumn, stride: m.columns)
        }
    }
}
