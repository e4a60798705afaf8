/// The gradients of a Winograd convolution: the forward pass's three transforms, transposed.
///
/// With p = A · dy · Aᵀ, the transformed tiles of dy, and v = Bᵀ · x · B, the transformed patches of x,
///
///     du (C, OC) = vᵀ (C, tiles) · p (tiles, OC)        dw = Gᵀ · du · G
///     dv (tiles, C) = p (tiles, OC) · uᵀ (OC, C)        dx = Σ B · dv · Bᵀ over the patches
///
/// for each of the products. p is shared by both gradients, and dv overwrites v.
///
/// All workers transform a block of tiles, then multiply it, each computing whole products: so there is one
/// sum du, with the same order of terms for any number of workers. Channels whose filters and sums exceed the
/// cache are split into groups that run one after another.
struct WinogradGradients<Scheme: WinogradScheme> {
    private let g: ConvolutionGeometry
    private let grid: WinogradGrid<Scheme>
    private let groups: VectorGroups
    /// Rows of tiles per block, and in the whole batch.
    private let block: Int, tileRows: Int
    private let workers = WorkerPool.shared.count

    /// Approximate floats of a group's transformed filters, and of their gradient: what fits into the
    /// third-level cache beside a block.
    private static var groupFloats: Int { 2 << 20 }
    /// Floats of a block's transformed patches and tiles, for one group and for several, which reuse the
    /// tiles still in the cache.
    private static var blockFloats: (one: Int, several: Int) { (1 << 20, 6 << 20) }
    /// Tiles per task of the transforms.
    private static var grain: Int { 8 }
    /// Minimum rows of tiles per block for images of any width: `addPatches` runs every second row in
    /// parallel.
    private static var fewestRows: Int { 8 }

    init(_ g: ConvolutionGeometry) {
        self.g = g
        grid = WinogradGrid(g)
        let (unit, fitting) = (VectorGroups.usualSize, Self.groupFloats / (Scheme.filterProducts * g.filters))
        groups = VectorGroups(of: g.channels, size: max(fitting / unit * unit, unit))
        tileRows = g.batch * grid.rows
        // Filters and sums are read, and sums written, once per block: large ones need larger blocks.
        let floats =
            groups.count > 1
            ? Self.blockFloats.several
            : max(Self.blockFloats.one, Scheme.filterProducts * g.channels * g.filters)
        let size = Blocks.size(
            tileRows, atMost: floats / (Scheme.products * grid.columns * (groups.largest + g.filters)))
        block = max(size, min(Self.fewestRows, tileRows))
    }

    func run(_ dy: UnsafePointer<Float>, _ data: DataGradient?, _ weights: WeightGradient?) {
        let scratch = Scratch(self, data: data != nil, weights: weights != nil)
        for group in 0..<groups.count {
            let channels = groups[group]
            let pass = Pass(
                channels: channels, isFirst: group == 0,
                v: WinogradPlanes(scratch.v, rows: block * grid.columns, columns: channels.count),
                p: WinogradPlanes(scratch.p, rows: block * grid.columns, columns: g.filters),
                u: WinogradPlanes(scratch.u, rows: g.filters, columns: channels.count),
                du: WinogradPlanes(scratch.du, rows: channels.count, columns: g.filters))
            if let data { transformFilters(data.w, pass, by: scratch.w) }
            for start in stride(from: 0, to: tileRows, by: block) {
                let rows = start..<min(start + block, tileRows)
                transform(rows, dy, data, weights, pass, zeros: scratch.zeros)
                multiply(rows, pass, data: data != nil, weights: weights != nil)
                if let data { addPatches(rows, pass, to: data.dx, spare: scratch.spare) }
            }
            if let weights {
                Scheme.addFilterGradient(
                    g, pass.du, channels: channels, to: weights.dw, beta: weights.beta)
            }
        }
        withExtendedLifetime(scratch) {}
    }

    /// Scratch for the matrices of a block and a group.
    private struct Scratch {
        private let arrays: ScratchArrays

        init(_ owner: WinogradGradients, data: Bool, weights: Bool) {
            let (g, largest) = (owner.g, owner.groups.largest)
            let tiles = owner.block * owner.grid.columns
            let pairs = WinogradPlanes.size(Scheme.filterProducts, rows: largest, columns: g.filters)
            let counts = [
                WinogradPlanes.size(Scheme.products, rows: tiles, columns: largest),
                WinogradPlanes.size(Scheme.products, rows: tiles, columns: g.filters),
                data ? pairs : 0, weights ? pairs : 0, data ? g.taps * largest * g.filters : 0,
                max(g.channels, g.filters), data ? owner.workers * largest : 0,
            ]
            arrays = ScratchArrays(counts)
            zeros.update(repeating: 0, count: counts[5])
            spare.update(repeating: 0, count: counts[6])
        }

        var v: UnsafeMutablePointer<Float> { arrays[0] }
        var p: UnsafeMutablePointer<Float> { arrays[1] }
        var u: UnsafeMutablePointer<Float> { arrays[2] }
        var du: UnsafeMutablePointer<Float> { arrays[3] }
        /// A group's taps, one row per filter.
        var w: UnsafeMutablePointer<Float> { arrays[4] }
        var zeros: UnsafeMutablePointer<Float> { arrays[5] }
        /// Per worker, the target of a patch's pixels outside dx.
        var spare: UnsafeMutablePointer<Float> { arrays[6] }
    }

    /// One group of channels with its matrices.
    private struct Pass {
        let channels: Range<Int>
        let isFirst: Bool
        let v: WinogradPlanes, p: WinogradPlanes
        /// uᵀ, one row per filter, and du, one row per channel.
        let u: WinogradPlanes, du: WinogradPlanes
    }

    /// uᵀ ← the transformed filters of the pass's channels.
    private func transformFilters(
        _ w: UnsafePointer<Float>, _ pass: Pass, by transposed: UnsafeMutablePointer<Float>
    ) {
        FilterLayout.transpose(g, w, channels: pass.channels, into: transposed)
        let channels = pass.channels.count
        let taps = FilterTaps(transposed: transposed, taps: g.taps, channels: channels)
        WorkerPool.shared.run(total: g.filters, grain: max(1, Scheme.pairsAtOnce / channels)) { filters, _ in
            Scheme.transformFilters(taps, rows: filters, columns: 0..<channels, into: pass.u)
        }
    }

    /// v and p ← the transformed patches and tiles of some rows of the batch's tiles. Zeroes the rows of dx
    /// that belong to these rows of tiles, see `firstSeenRows`.
    private func transform(
        _ rows: Range<Int>, _ dy: UnsafePointer<Float>, _ data: DataGradient?, _ weights: WeightGradient?,
        _ pass: Pass, zeros: UnsafePointer<Float>
    ) {
        WorkerPool.shared.run(total: rows.count * grid.columns, grain: Self.grain) { part, _ in
            let first = rows.lowerBound * grid.columns
            let tiles = first + part.lowerBound..<first + part.upperBound
            if let weights {
                grid.transformInput(
                    weights.x + pass.channels.lowerBound, tiles: tiles, into: pass.v,
                    firstRow: part.lowerBound, zeros: zeros)
            }
            // Where one block holds all tiles of dy, later groups of channels reuse them.
            if pass.isFirst || block < tileRows {
                grid.transformOutputGradient(
                    dy, tiles: tiles, into: pass.p, firstRow: part.lowerBound, zeros: zeros)
            }
            if let data, pass.isFirst {
                for tile in tiles where tile % grid.columns == 0 { clear(data.dx, tile / grid.columns) }
            }
        }
    }

    private func clear(_ dx: UnsafeMutablePointer<Float>, _ tileRow: Int) {
        let (image, row) = tileRow.quotientAndRemainder(dividingBy: grid.rows)
        let rows = grid.firstSeenRows(byTilesOf: row)
        let size = g.width * g.channels
        (dx + (image * g.height + rows.lowerBound) * size).update(repeating: 0, count: rows.count * size)
    }

    /// du ← du + vᵀ · p and dv ← p · uᵀ; a task is all products with one value of the filters. (With stride
    /// 2, a fifth of the products multiply the same value, so more than five workers gain nothing.)
    private func multiply(_ rows: Range<Int>, _ pass: Pass, data: Bool, weights: Bool) {
        let (tiles, channels) = (rows.count * grid.columns, pass.channels.count)
        let products = Scheme.productsByFilter
        WorkerPool.shared.run(tiles: products.count) { number, _ in
            let plane = Scheme.filterPlane(of: products[number][0])
            var beta: Float = rows.lowerBound == 0 ? 0 : 1
            for product in products[number] {
                let p = MatrixView(pass.p.plane(product), tiles, g.filters)
                if weights {
                    let v = MatrixView(pass.v.plane(product), tiles, channels)
                    BLAS.multiply(v.transposed, p, into: pass.du.plane(plane), beta: beta)
                    beta = 1
                }
                if data {
                    let u = MatrixView(pass.u.plane(plane), g.filters, channels)
                    BLAS.multiply(p, u, into: pass.v.plane(product))
                }
            }
        }
    }

    /// dx ← dx + the patches of some rows of tiles. Patches of neighbouring rows overlap, so even rows run
    /// first, then odd ones.
    private func addPatches(
        _ rows: Range<Int>, _ pass: Pass, to dx: UnsafeMutablePointer<Float>,
        spare: UnsafeMutablePointer<Float>
    ) {
        let step = grid.rows == 1 ? 1 : 2
        for parity in 0..<step {
            let count = (rows.count - parity + step - 1) / step
            WorkerPool.shared.run(
                total: count, grain: max(1, Self.grain / grid.columns), workers: workers
            ) { part, worker in
                for number in part {
                    let row = step * number + parity
                    let first = row * grid.columns
                    let tile = (rows.lowerBound + row) * grid.columns
                    grid.addInputGradient(
                        pass.v, tiles: tile..<tile + grid.columns, firstRow: first,
                        to: dx + pass.channels.lowerBound, spare: spare + worker * groups.largest)
                }
            }
        }
    }
}
