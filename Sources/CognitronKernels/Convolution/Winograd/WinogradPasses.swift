// The passes between images and their transformed form, a tile at a time and all channels of it.

extension WinogradGrid {
    /// v ← Bᵀ · patch · B for the patches of x that `tiles` see, from row `firstRow` of the matrices on.
    ///
    /// - Parameter zeros: as many as there are channels; the patches' pixels outside x.
    func transformInput(
        _ x: UnsafePointer<Float>, tiles: Range<Int>, into v: WinogradPlanes, firstRow: Int = 0,
        zeros: UnsafePointer<Float>
    ) {
        withScratch(UnsafePointer<Float>.self) { pixels, between in
            var out = v.pointer + firstRow &* v.columns
            for tile in tiles {
                patchPixels(tile, of: x, outside: zeros, into: pixels)
                Vector.cover(0..<v.columns) { c in
                    for i in 0..<6 {
                        let p = pixels + 6 &* i
                        let row = SixVectors(
                            Vector(p[0] + c), Vector(p[1] + c), Vector(p[2] + c), Vector(p[3] + c),
                            Vector(p[4] + c), Vector(p[5] + c))
                        WinogradTransforms.input(row).store(between + 6 &* i, stride: 1)
                    }
                    for j in 0..<6 {
                        let column = SixVectors(between + j, stride: 6)
                        WinogradTransforms.input(column).store(
                            out + (j &* v.stride &+ c), stride: 6 &* v.stride)
                    }
                }
                out += v.columns
            }
        }
    }

    /// y ← Aᵀ · m · A, and what `ending` adds, for `tiles`, from their products with the filters.
    ///
    /// - Parameter spare: as many floats as there are filters, for the pixels beyond y's edges.
    func transformOutput(
        _ m: WinogradPlanes, tiles: Range<Int>, _ ending: OutputEnding,
        into y: UnsafeMutablePointer<Float>, spare: UnsafeMutablePointer<Float>
    ) {
        withScratch(UnsafeMutablePointer<Float>.self) { pixels, between in
            var products = m.pointer
            for tile in tiles {
                tilePixels(tile, of: y, outside: spare, into: pixels)
                Vector.cover(0..<m.columns) { c in
                    for i in 0..<6 {
                        let row = SixVectors(products + (6 &* i &* m.stride &+ c), stride: m.stride)
                        let q = between + 4 &* i
                        (q[0], q[1], q[2], q[3]) = WinogradTransforms.output(row)
                    }
                    let b = ending.bias.map { Vector($0 + c) } ?? Vector()
                    // Nothing is below minus infinity: then the comparison leaves everything as it is.
                    let floor = Vector(repeating: ending.isRectified ? 0 : -.infinity)
                    for j in 0..<4 {
                        let column = WinogradTransforms.output(SixVectors(between + j, stride: 4))
                        (column.0 + b).raised(to: floor).store(pixels[j] + c)
                        (column.1 + b).raised(to: floor).store(pixels[4 &+ j] + c)
                        (column.2 + b).raised(to: floor).store(pixels[8 &+ j] + c)
                        (column.3 + b).raised(to: floor).store(pixels[12 &+ j] + c)
                    }
                }
                products += m.columns
            }
        }
    }

    /// p ← A · tile · Aᵀ for the `tiles` of dy, from row `firstRow` of the matrices on.
    ///
    /// - Parameter zeros: as many as there are filters; the tiles' pixels beyond dy's edges.
    func transformOutputGradient(
        _ dy: UnsafePointer<Float>, tiles: Range<Int>, into p: WinogradPlanes, firstRow: Int = 0,
        zeros: UnsafePointer<Float>
    ) {
        withScratch(UnsafePointer<Float>.self) { pixels, between in
            var out = p.pointer + firstRow &* p.columns
            for tile in tiles {
                tilePixels(tile, of: dy, outside: zeros, into: pixels)
                Vector.cover(0..<p.columns) { c in
                    for i in 0..<4 {
                        let q = pixels + 4 &* i
                        let row = (Vector(q[0] + c), Vector(q[1] + c), Vector(q[2] + c), Vector(q[3] + c))
                        WinogradTransforms.outputGradient(row).store(between + 6 &* i, stride: 1)
                    }
                    for j in 0..<6 {
                        let q = between + j
                        WinogradTransforms.outputGradient((q[0], q[6], q[12], q[18])).store(
                            out + (j &* p.stride &+ c), stride: 6 &* p.stride)
                    }
                }
                out += p.columns
            }
        }
    }

    /// Addresses of up to 36 pixels, and 36 vectors between the transforms along the two axes.
    @inline(__always)
    private func withScratch<Pointer>(
        _ type: Pointer.Type,
        _ body: (_ pixels: UnsafeMutablePointer<Pointer>, _ between: UnsafeMutablePointer<Vector>) -> Void
    ) {
        withUnsafeTemporaryAllocation(of: Pointer.self, capacity: Self.products) { pixels in
            withUnsafeTemporaryAllocation(of: Vector.self, capacity: Self.products) { between in
                guard let pixels = pixels.baseAddress, let between = between.baseAddress else { return }
                body(pixels, between)
            }
        }
    }
}
