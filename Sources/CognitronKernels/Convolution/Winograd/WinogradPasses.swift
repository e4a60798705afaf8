// The passes between images and their transformed form, one tile at a time over all its channels.

extension WinogradGrid {
    /// v ← Bᵀ · patch · B for the patches of x of `tiles`, from row `firstRow` of the matrices on.
    ///
    /// - Parameters:
    ///   - x: starts at the first channel in v.
    ///   - zeros: one zero per column of v, read for pixels of a patch outside x.
    func transformInput(
        _ x: UnsafePointer<Float>, tiles: Range<Int>, into v: WinogradPlanes, firstRow: Int = 0,
        zeros: UnsafePointer<Float>
    ) {
        let side = Scheme.patch
        withScratch(UnsafePointer<Float>.self) { pixels, between in
            var out = v.pointer + firstRow &* v.columns
            for tile in tiles {
                patchPixels(tile, of: x, outside: zeros, into: pixels)
                Vector.cover(0..<v.columns) { c in
                    for i in 0..<side {
                        Scheme.input(Scheme.Line(pixels + side &* i, channel: c))
                            .store(between + side &* i, stride: 1)
                    }
                    for j in 0..<side {
                        Scheme.input(Scheme.Line(between + j, stride: side))
                            .store(out + (j &* v.stride &+ c), stride: side &* v.stride)
                    }
                }
                out += v.columns
            }
        }
    }

    /// dx ← dx + B · v · Bᵀ for the patches of `tiles`, from row `firstRow` of the matrices on.
    ///
    /// - Parameters:
    ///   - dx: starts at the first channel in v.
    ///   - spare: one float per column of v, written for pixels of a patch outside dx.
    func addInputGradient(
        _ v: WinogradPlanes, tiles: Range<Int>, firstRow: Int, to dx: UnsafeMutablePointer<Float>,
        spare: UnsafeMutablePointer<Float>
    ) {
        let side = Scheme.patch
        withScratch(UnsafeMutablePointer<Float>.self) { pixels, between in
            var source = v.pointer + firstRow &* v.columns
            for tile in tiles {
                patchPixels(tile, of: dx, outside: spare, into: pixels)
                Vector.cover(0..<v.columns) { c in
                    for j in 0..<side {
                        Scheme.inputGradient(
                            Scheme.Line(source + (j &* v.stride &+ c), stride: side &* v.stride)
                        ).store(between + j, stride: side)
                    }
                    // The last vector may overlap channels already added.
                    let added = Vector.repeated(at: c)
                    if added > 0 {
                        for k in 0..<Scheme.products { between[k].clear(first: added) }
                    }
                    for i in 0..<side {
                        Scheme.inputGradient(Scheme.Line(between + side &* i, stride: 1))
                            .add(to: pixels + side &* i, channel: c)
                    }
                }
                source += v.columns
            }
        }
    }

    /// y ← Aᵀ · m · A, then `ending`, for `tiles`, from their products with the filters.
    ///
    /// - Parameter spare: one float per filter, written for pixels beyond y's edges.
    func transformOutput(
        _ m: WinogradPlanes, tiles: Range<Int>, _ ending: OutputEnding,
        into y: UnsafeMutablePointer<Float>, spare: UnsafeMutablePointer<Float>
    ) {
        guard streams(y, columns: m.columns) else {
            return withScratch(UnsafeMutablePointer<Float>.self) { pixels, between in
                for (row, tile) in tiles.enumerated() {
                    tilePixels(tile, of: y, outside: spare, into: pixels)
                    outputTile(m, row: row, ending, into: pixels, between)
                }
            }
        }
        // Writing single vectors per pixel would stream half cache lines: compute tiles in the cache first.
        withScratch(UnsafeMutablePointer<Float>.self) { pixels, between in
            withUnsafeTemporaryAllocation(of: Float.self, capacity: Scheme.tile * Scheme.tile * m.columns) {
                guard let made = $0.baseAddress else { return }
                for k in 0..<Scheme.tile * Scheme.tile { pixels[k] = made + k &* m.columns }
                for (row, tile) in tiles.enumerated() {
                    outputTile(m, row: row, ending, into: pixels, between)
                    stream(made, columns: m.columns, to: tile, of: y)
                }
            }
        }
        Streaming.end()
    }

    /// Whether to write tiles of `columns` filters with streaming stores: only if they fit into the
    /// first-level cache.
    private func streams(_ y: UnsafePointer<Float>, columns: Int) -> Bool {
        columns.isMultiple(of: Vector.width) && columns <= 512
            && Streaming.suits(
                y, count: geometry.batch * geometry.outputPixels * geometry.filters, columns: geometry.filters
            )
    }

    /// Transforms one tile from row `row` of the products.
    @inline(__always)
    private func outputTile(
        _ m: WinogradPlanes, row: Int, _ ending: OutputEnding,
        into pixels: UnsafePointer<UnsafeMutablePointer<Float>>, _ between: UnsafeMutablePointer<Vector>
    ) {
        let side = Scheme.patch
        let products = m.pointer + row &* m.columns
        Vector.cover(0..<m.columns) { c in
            for i in 0..<side {
                let q = between + 4 &* i
                (q[0], q[1], q[2], q[3]) = Scheme.output(
                    Scheme.Line(products + (side &* i &* m.stride &+ c), stride: m.stride))
            }
            let b = ending.bias.map { Vector($0 + c) } ?? Vector()
            let (floor, ceiling) = ending.bounds.limits
            for j in 0..<4 {
                let column = Scheme.output(Scheme.Line(between + j, stride: 4))
                (column.0 + b).raised(to: floor).lowered(to: ceiling).store(pixels[j] + c)
                (column.1 + b).raised(to: floor).lowered(to: ceiling).store(pixels[4 &+ j] + c)
                (column.2 + b).raised(to: floor).lowered(to: ceiling).store(pixels[8 &+ j] + c)
                (column.3 + b).raised(to: floor).lowered(to: ceiling).store(pixels[12 &+ j] + c)
            }
        }
    }

    /// Copies `made` to the pixels of `tile` in y with streaming stores.
    private func stream(
        _ made: UnsafePointer<Float>, columns: Int, to tile: Int, of y: UnsafeMutablePointer<Float>
    ) {
        let g = geometry
        let (n, row, column) = place(tile)
        for i in 0..<min(Scheme.tile, g.outputHeight - row) {
            let pixel = n &* g.outputPixels &+ (row &+ i) &* g.outputWidth &+ column
            for j in 0..<min(Scheme.tile, g.outputWidth - column) {
                let source = made + (Scheme.tile &* i &+ j) &* columns
                let target = y + (pixel &+ j) &* g.filters
                for c in stride(from: 0, to: columns, by: Vector.width) {
                    Vector(source + c).store(target + c, streamed: true)
                }
            }
        }
    }

    /// p ← A · tile · Aᵀ for the `tiles` of dy, from row `firstRow` of the matrices on.
    ///
    /// - Parameter zeros: one zero per filter, read for pixels beyond dy's edges.
    func transformOutputGradient(
        _ dy: UnsafePointer<Float>, tiles: Range<Int>, into p: WinogradPlanes, firstRow: Int = 0,
        zeros: UnsafePointer<Float>
    ) {
        let side = Scheme.patch
        withScratch(UnsafePointer<Float>.self) { pixels, between in
            var out = p.pointer + firstRow &* p.columns
            for tile in tiles {
                tilePixels(tile, of: dy, outside: zeros, into: pixels)
                Vector.cover(0..<p.columns) { c in
                    for i in 0..<4 {
                        let q = pixels + 4 &* i
                        let row = (Vector(q[0] + c), Vector(q[1] + c), Vector(q[2] + c), Vector(q[3] + c))
                        Scheme.outputGradient(row).store(between + side &* i, stride: 1)
                    }
                    for j in 0..<side {
                        let q = between + j
                        Scheme.outputGradient((q[0], q[side], q[2 &* side], q[3 &* side])).store(
                            out + (j &* p.stride &+ c), stride: side &* p.stride)
                    }
                }
                out += p.columns
            }
        }
    }

    /// Allocates, on the stack, the addresses of a patch's or tile's pixels, and one vector per product
    /// between the transforms along the two axes.
    @inline(__always)
    private func withScratch<Pointer>(
        _ type: Pointer.Type,
        _ body: (_ pixels: UnsafeMutablePointer<Pointer>, _ between: UnsafeMutablePointer<Vector>) -> Void
    ) {
        withUnsafeTemporaryAllocation(of: Pointer.self, capacity: Scheme.products) { pixels in
            withUnsafeTemporaryAllocation(of: Vector.self, capacity: Scheme.products) { between in
                guard let pixels = pixels.baseAddress, let between = between.baseAddress else { return }
                body(pixels, between)
            }
        }
    }
}
