// Convolution with 3×3 filters by Winograd's minimal filtering F(4×4, 3×3): 36 multiplications for 16 outputs instead of
// 144, done as 36 matrix products over the channels.
//
// Lavin and Gray, "Fast Algorithms for Convolutional Neural Networks" (2015).

enum WinogradConvolution {
    /// Pairs of channel and filter up to which all transformed filters (4.5 MiB) stay in the shared cache.
    private static let pairsInCache = 1 << 15
    /// Tiles a worker takes through all steps at once: with 64 channels their two transformed forms fill 600 KiB, and
    /// OpenBLAS multiplies matrices of this size without packing them first.
    private static let tilesAtOnce = 32
    /// Floats of transformed patches that all workers share, and of patches and tiles of dy for the weight gradient:
    /// the size of a large and of a small third-level cache.
    private static let blockFloats = 3 << 20
    private static let gradientFloats = 1 << 20
    /// Floats of a weight gradient's transformed sum: 12 MiB.
    private static let sumFloats = 3 << 20
    private static let fewestTiles = 4

    /// Whether the algorithm can carry out `g`: 3×3 taps side by side, one pixel on at a time, and enough channels on
    /// both sides to fill a vector.
    static func supports(_ g: ConvolutionGeometry) -> Bool {
        g.kernelHeight == 3 && g.kernelWidth == 3 && g.strideY == 1 && g.strideX == 1
            && g.dilationY == 1 && g.dilationX == 1 && g.channels >= Vector.width
            && g.filters >= Vector.width
    }

    /// Whether fewer multiplications are worth the transforms: tiles must not be mostly padding, as for 2×2 pixels, and
    /// there must be enough of them for filters that are transformed anew in every pass.
    static func pays(_ g: ConvolutionGeometry) -> Bool {
        let tiles = WinogradGrid(g).count
        return 5 * WinogradGrid.products * tiles <= 4 * g.taps * g.positions && tiles >= fewestTiles
    }

    /// y ← x ∗ w, and what `ending` adds.
    ///
    /// - Parameter transformed: w in the transformed domain, where that has been kept.
    static func forward(
        _ g: ConvolutionGeometry, _ x: UnsafePointer<Float>, _ w: UnsafePointer<Float>,
        _ transformed: TransformedFilters?, _ ending: OutputEnding, into y: UnsafeMutablePointer<Float>
    ) {
        if goesTileByTile(g) {
            forwardTileByTile(g, x, transformed ?? TransformedFilters(g, w), ending, into: y)
        } else {
            forwardFilterByFilter(g, x, w, transformed, ending, into: y)
        }
    }

    /// Whether all transformed filters stay in the cache and there are tiles enough for all workers.
    private static func goesTileByTile(_ g: ConvolutionGeometry) -> Bool {
        g.channels * g.filters <= pairsInCache
            && (WinogradGrid(g).count > tilesAtOnce || g.filters < 2 * FilterGroups.size)
    }

    /// All filters are transformed first and stay in the cache. Then a worker takes a block of tiles through all three
    /// steps, so that what lies between them stays there as well.
    private static func forwardTileByTile(
        _ g: ConvolutionGeometry, _ x: UnsafePointer<Float>, _ filters: TransformedFilters,
        _ ending: OutputEnding, into y: UnsafeMutablePointer<Float>
    ) {
        let grid = WinogradGrid(g)
        let block = min(tilesAtOnce, max(fewestTiles, grid.count / 4))
        let size = (
            v: WinogradPlanes.size(rows: block, columns: g.channels),
            m: WinogradPlanes.size(rows: block, columns: g.filters)
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

    /// For filters that no cache holds, each transformed once and used for a large block of tiles, and for few tiles. All
    /// workers transform the block's patches; then each takes some of the filters through their transform, the products
    /// and the outputs.
    private static func forwardFilterByFilter(
        _ g: ConvolutionGeometry, _ x: UnsafePointer<Float>, _ w: UnsafePointer<Float>,
        _ transformed: TransformedFilters?, _ ending: OutputEnding, into y: UnsafeMutablePointer<Float>
    ) {
        let grid = WinogradGrid(g)
        let block = evenBlock(
            grid.count, atMost: blockFloats / (WinogradGrid.products * max(g.channels, g.filters)))
        let patches = Buffer(scratch: WinogradPlanes.size(rows: block, columns: g.channels))
        let v = WinogradPlanes(patches.pointer, rows: block, columns: g.channels)
        let zeros = Buffer(scratch: g.channels)
        zeros.pointer.update(repeating: 0, count: g.channels)
        let groups = FilterGroups(of: g)
        let size = (
            u: transformed == nil ? WinogradPlanes.size(rows: g.channels, columns: groups.largest) : 0,
            m: WinogradPlanes.size(rows: block, columns: groups.largest)
        )
        let share = size.u + size.m + groups.largest
        let workers = min(WorkerPool.shared.count, groups.count)
        let scratch = Buffer(scratch: workers * share)
        for start in stride(from: 0, to: grid.count, by: block) {
            let tiles = start..<min(start + block, grid.count)
            WorkerPool.shared.run(total: tiles.count, grain: max(1, min(4, tiles.count / 8))) { rows, _ in
                let part = start + rows.lowerBound..<start + rows.upperBound
                grid.transformInput(x, tiles: part, into: v, firstRow: rows.lowerBound, zeros: zeros.pointer)
            }
            WorkerPool.shared.run(tiles: groups.count, workers: workers) { group, worker in
                let filters = groups[group]
                let base = scratch.pointer + worker * share
                let m = WinogradPlanes(base + size.u, rows: block, columns: filters.count)
                let u: WinogradPlanes
                if let transformed {
                    u = transformed[group]
                } else {
                    u = WinogradPlanes(base, rows: g.channels, columns: filters.count)
                    WinogradFilters.transform(g, w, channels: 0..<g.channels, filters: filters, into: u)
                }
                multiply(v, u, into: m, rows: tiles.count)
                grid.transformOutput(
                    m, tiles: tiles, ending.from(filter: filters.lowerBound), into: y + filters.lowerBound,
                    spare: base + size.u + size.m)
            }
        }
        withExtendedLifetime((transformed, patches, zeros, scratch)) {}
    }

    /// m[i, j] (rows, OC), from column `firstColumn` on, ← v[i, j] (rows, C) · u[i, j] (C, u.columns)
    private static func multiply(
        _ v: WinogradPlanes, _ u: WinogradPlanes, into m: WinogradPlanes, firstColumn: Int = 0, rows: Int
    ) {
        for product in 0..<WinogradGrid.products {
            BLAS.multiply(
                MatrixView(v.plane(product), rows, v.columns),
                MatrixView(u.plane(product), v.columns, u.columns), into: m.plane(product) + firstColumn,
                stride: m.columns)
        }
    }

    /// dw ← beta · dw + the gradient with respect to w: du[i, j] (C, OC) = Σ v[i, j]ᵀ (C, tiles) · p[i, j] (tiles, OC) over
    /// all tiles of the batch, where p holds the transformed tiles of dy; then Gᵀ · du · G.
    ///
    /// Blocks of tiles are transformed by all workers and then multiplied by all workers, each of which takes whole
    /// products: one sum du, with the same order of its terms for any number of workers. A du that no cache holds is made
    /// for some of the filters after others.
    static func weightGradient(
        _ g: ConvolutionGeometry, _ x: UnsafePointer<Float>, _ dy: UnsafePointer<Float>,
        into dw: UnsafeMutablePointer<Float>, beta: Float
    ) {
        let grid = WinogradGrid(g)
        let group = filtersOfSum(g)
        let sum = Buffer(scratch: WinogradPlanes.size(rows: g.channels, columns: group))
        // The whole sum is read and written for every block: a large one wants larger blocks.
        let floats = max(gradientFloats, sum.count)
        let block = evenBlock(grid.count, atMost: floats / (WinogradGrid.products * (g.channels + group)))
        let patches = Buffer(scratch: WinogradPlanes.size(rows: block, columns: g.channels))
        let gradients = Buffer(scratch: WinogradPlanes.size(rows: block, columns: group))
        let v = WinogradPlanes(patches.pointer, rows: block, columns: g.channels)
        let zeros = Buffer(scratch: max(g.channels, g.filters))
        zeros.pointer.update(repeating: 0, count: max(g.channels, g.filters))
        for first in stride(from: 0, to: g.filters, by: group) {
            let filters = first..<min(first + group, g.filters)
            let p = WinogradPlanes(gradients.pointer, rows: block, columns: filters.count)
            let du = WinogradPlanes(sum.pointer, rows: g.channels, columns: filters.count)
            for start in stride(from: 0, to: grid.count, by: block) {
                let count = min(block, grid.count - start)
                WorkerPool.shared.run(total: count, grain: 8) { rows, _ in
                    let tiles = start + rows.lowerBound..<start + rows.upperBound
                    let row = rows.lowerBound
                    // Where one block holds all tiles, their patches stay for the next filters.
                    if first == 0 || block < grid.count {
                        grid.transformInput(x, tiles: tiles, into: v, firstRow: row, zeros: zeros.pointer)
                    }
                    grid.transformOutputGradient(
                        dy + first, tiles: tiles, into: p, firstRow: row, zeros: zeros.pointer)
                }
                WorkerPool.shared.run(tiles: WinogradGrid.products) { product, _ in
                    BLAS.multiply(
                        MatrixView(v.plane(product), count, g.channels).transposed,
                        MatrixView(p.plane(product), count, filters.count), into: du.plane(product),
                        beta: start == 0 ? 0 : 1)
                }
            }
            WinogradFilters.gradient(g, du, filters: filters, into: dw, beta: beta)
        }
        withExtendedLifetime((sum, patches, gradients, zeros)) {}
    }

    /// How many filters a sum du is made for at once: all, or as many whole groups as stay in the cache; but no rest narrower
    /// than a vector.
    private static func filtersOfSum(_ g: ConvolutionGeometry) -> Int {
        let fitting = sumFloats / (WinogradGrid.products * g.channels * FilterGroups.size)
        let group = max(1, fitting) * FilterGroups.size
        let rest = g.filters % group
        return g.filters <= group || rest > 0 && rest < Vector.width ? g.filters : group
    }

    /// The size of the fewest blocks of about `limit` that `count` tiles are cut into, so that the last is no stump.
    private static func evenBlock(_ count: Int, atMost limit: Int) -> Int {
        let blocks = max(1, (count + limit / 2) / max(1, limit))
        return max(1, (count + blocks - 1) / blocks)
    }
}
