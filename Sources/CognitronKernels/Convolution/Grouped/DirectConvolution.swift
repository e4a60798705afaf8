// Grouped convolution with small groups, depthwise above all, as direct sums: the matrix product of one group
// would be only a few columns wide.
//
// With one channel and one filter per group, `DepthwiseConvolution` runs on the arrays as they lie. Otherwise
// computes eight groups at once, one per vector lane; lanes are independent. A tile is some rows of an
// image's output; it loops over the blocks of eight groups and keeps the block's padded part of the image in
// the cache.

enum DirectConvolution {
    /// Weights per group and tap from which separate groups are faster. With eight channels and filters
    /// Winograd's algorithm applies: 3×3, 16×16 pixels, 128 channels take 2.9 ms here and 2.4 as separate
    /// groups; with four, 1.7 and 5.3.
    private static let manyWeights = 64
    /// Maximum number of partial sums of a weight gradient.
    private static let mostSums = 16

    /// Whether the groups are small enough to be faster together than separately.
    static func isFaster(_ g: ConvolutionGeometry) -> Bool { g.groupChannels * g.groupFilters < manyWeights }

    /// y ← x ∗ w, then `ending`.
    static func forward(
        _ g: ConvolutionGeometry, _ x: UnsafePointer<Float>, _ w: UnsafePointer<Float>,
        _ ending: OutputEnding, into y: UnsafeMutablePointer<Float>
    ) {
        guard !DepthwiseConvolution.supports(g) else {
            return DepthwiseConvolution(g).forward(x, w, ending, into: y)
        }
        run(LaneConvolution(g), g, x, w, ending, into: y)
    }

    /// dx ← the gradient with respect to x: the convolution of dy, dilated by the strides, with the filters
    /// rotated by half a turn. Writes every pixel once.
    static func dataGradient(
        _ g: ConvolutionGeometry, _ dy: UnsafePointer<Float>, _ w: UnsafePointer<Float>,
        into dx: UnsafeMutablePointer<Float>
    ) {
        guard !DepthwiseConvolution.supports(g) else {
            return DepthwiseConvolution(g).dataGradient(dy, w, into: dx)
        }
        run(LaneConvolution(dataGradientOf: g), g, dy, w, OutputEnding(), into: dx)
    }

    /// - Parameter convolution: from x to y or from dy to dx.
    private static func run(
        _ convolution: LaneConvolution, _ g: ConvolutionGeometry, _ x: UnsafePointer<Float>,
        _ w: UnsafePointer<Float>, _ ending: OutputEnding, into y: UnsafeMutablePointer<Float>
    ) {
        let weights = gatherWeights(convolution, g, w)
        let image = convolution.image
        let row = convolution.width * g.groups * convolution.outputs
        let workers = WorkerPool.shared.count
        let scratch = Buffer(scratch: workers * convolution.tileSize)
        WorkerPool.shared.run(tiles: convolution.tiles, workers: workers) { tile, worker in
            let (n, rows) = convolution.place(ofTile: tile)
            let gathered = scratch.pointer + worker * convolution.tileSize
            let out = y + (n * convolution.height + rows.lowerBound) * row
            for block in 0..<GroupLanes.blocks(g.groups) {
                image.gather(
                    x, image: n, rows: convolution.sources(of: rows),
                    GroupLanes(block: block, of: g.groups, each: convolution.inputs), into: gathered)
                convolution.convolve(
                    gathered, weights.pointer + block * convolution.blockWeights, rows: rows.count,
                    GroupLanes(block: block, of: g.groups, each: convolution.outputs), into: out)
            }
            ending.apply(to: out, rows: rows.count * convolution.width, columns: row / convolution.width)
        }
        withExtendedLifetime((weights, scratch)) {}
    }

    /// dw ← beta · dw + the gradient with respect to w. The batch's tiles are split into runs by shape alone;
    /// each run has its own partial sum, and the partial sums are added in order.
    static func weightGradient(
        _ g: ConvolutionGeometry, _ x: UnsafePointer<Float>, _ dy: UnsafePointer<Float>,
        into dw: UnsafeMutablePointer<Float>, beta: Float
    ) {
        guard !DepthwiseConvolution.supports(g) else {
            return DepthwiseConvolution(g).weightGradient(x, dy, into: dw, beta: beta)
        }
        let convolution = LaneConvolution(g)
        let size = GroupLanes.blocks(g.groups) * convolution.blockWeights
        let runs = min(mostSums, convolution.tiles)
        let partial = Buffer(scratch: runs * size)
        let gradientSize = convolution.rowsPerTile * g.outputWidth * g.groupFilters * Vector.width
        let workers = WorkerPool.shared.count
        let scratch = Buffer(scratch: workers * (convolution.tileSize + gradientSize))
        WorkerPool.shared.run(tiles: runs, workers: workers) { run, worker in
            let sums = partial.pointer + run * size
            let image = scratch.pointer + worker * (convolution.tileSize + gradientSize)
            sums.update(repeating: 0, count: size)
            for tile in convolution.tiles * run / runs..<convolution.tiles * (run + 1) / runs {
                addProducts(
                    convolution, g, tile: tile, x, dy, scratch: (image, image + convolution.tileSize),
                    into: sums)
            }
        }
        let sum = Buffer(scratch: size)
        Reduction.sumRows(partial.pointer, rows: runs, columns: size, into: sum.pointer)
        forEachWeight(convolution, g) { lanes, place, row, o in
            let value = Vector(sum.pointer + place)
            lanes.store(beta == 0 ? value : beta * lanes.load(dw + row, o) + value, dw + row, o)
        }
        withExtendedLifetime((partial, scratch, sum)) {}
    }

    /// sums += Σ x · dy over the pixels of a tile.
    private static func addProducts(
        _ convolution: LaneConvolution, _ g: ConvolutionGeometry, tile: Int, _ x: UnsafePointer<Float>,
        _ dy: UnsafePointer<Float>,
        scratch: (x: UnsafeMutablePointer<Float>, dy: UnsafeMutablePointer<Float>),
        into sums: UnsafeMutablePointer<Float>
    ) {
        let (n, rows) = convolution.place(ofTile: tile)
        let gradient = PaddedImage(
            height: g.outputHeight, width: g.outputWidth, channels: g.filters, top: 0, left: 0,
            columns: g.outputWidth)
        for block in 0..<GroupLanes.blocks(g.groups) {
            convolution.image.gather(
                x, image: n, rows: convolution.sources(of: rows),
                GroupLanes(block: block, of: g.groups, each: g.groupChannels), into: scratch.x)
            gradient.gather(
                dy, image: n, rows: rows, GroupLanes(block: block, of: g.groups, each: g.groupFilters),
                into: scratch.dy)
            convolution.addProducts(
                scratch.x, scratch.dy, rows: rows.count, into: sums + block * convolution.blockWeights)
        }
    }

    /// Packs the weights of each block of groups in the order in which the convolution reads them.
    private static func gatherWeights(
        _ convolution: LaneConvolution, _ g: ConvolutionGeometry, _ w: UnsafePointer<Float>
    ) -> Buffer {
        let result = Buffer(scratch: GroupLanes.blocks(g.groups) * convolution.blockWeights)
        forEachWeight(convolution, g) { lanes, place, row, o in
            lanes.load(w + row, o).store(result.pointer + place)
        }
        return result
    }

    /// Calls `body` for every weight of every block of groups with its place in the packed weights and the
    /// row of w (KH, KW, C / groups, OC) that holds it, at number `o` of each group.
    @inline(__always)
    private static func forEachWeight(
        _ convolution: LaneConvolution, _ g: ConvolutionGeometry,
        _ body: (_ lanes: GroupLanes, _ place: Int, _ row: Int, _ o: Int) -> Void
    ) {
        for block in 0..<GroupLanes.blocks(g.groups) {
            let lanes = GroupLanes(block: block, of: g.groups, each: g.groupFilters)
            for tap in 0..<g.taps {
                for c in 0..<g.groupChannels {
                    for o in 0..<g.groupFilters {
                        let place =
                            block * convolution.blockWeights + convolution.place(tap, c, o) * Vector.width
                        body(lanes, place, (tap * g.groupChannels + c) * g.filters, o)
                    }
                }
            }
        }
    }
}
