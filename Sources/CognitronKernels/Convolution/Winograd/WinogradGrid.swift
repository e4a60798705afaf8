// The tiles of a Winograd convolution: the pixels of x that a tile reads and those of y that it writes.

/// The grid of 4×4 output tiles of a convolution. Patches of neighbouring tiles overlap in x by the filter's
/// size less one stride.
struct WinogradGrid<Scheme: WinogradScheme> {
    let geometry: ConvolutionGeometry
    /// Tiles per image, down and across.
    let rows: Int, columns: Int

    init(_ geometry: ConvolutionGeometry) {
        self.geometry = geometry
        rows = (geometry.outputHeight + Scheme.tile - 1) / Scheme.tile
        columns = (geometry.outputWidth + Scheme.tile - 1) / Scheme.tile
    }

    /// Tiles in the batch.
    var count: Int { geometry.batch * rows * columns }

    /// The image of a tile, and its first output row and column.
    @inline(__always)
    func place(_ tile: Int) -> (image: Int, row: Int, column: Int) {
        let within = tile % (rows * columns)
        return (
            tile / (rows * columns), within / columns * Scheme.tile, within % columns * Scheme.tile
        )
    }

    /// Writes the addresses of a patch's pixels in x, with `outside` for those in the padding. The passes
    /// over the channels then need no cases for the edges (Dukhan, "The Indirect Convolution Algorithm",
    /// 2019).
    @inline(__always)
    func patchPixels<Pointer: Strideable>(
        _ tile: Int, of x: Pointer, outside: Pointer, into pixels: UnsafeMutablePointer<Pointer>
    ) where Pointer.Stride == Int {
        let g = geometry
        let (n, row, column) = place(tile)
        let image = x.advanced(by: n &* g.height &* g.width &* g.channels)
        for i in 0..<Scheme.patch {
            let y = Scheme.stride &* row &+ i &- g.top
            for j in 0..<Scheme.patch {
                let x = Scheme.stride &* column &+ j &- g.left
                let isInside = y >= 0 && y < g.height && x >= 0 && x < g.width
                pixels[i &* Scheme.patch &+ j] =
                    isInside ? image.advanced(by: (y &* g.width &+ x) &* g.channels) : outside
            }
        }
    }

    /// Writes the addresses of a tile's pixels in y, with `outside` for those beyond its last row or column.
    @inline(__always)
    func tilePixels<Pointer: Strideable>(
        _ tile: Int, of y: Pointer, outside: Pointer, into pixels: UnsafeMutablePointer<Pointer>
    ) where Pointer.Stride == Int {
        let g = geometry
        let (n, row, column) = place(tile)
        let image = y.advanced(by: n &* g.outputPixels &* g.filters)
        for i in 0..<Scheme.tile {
            for j in 0..<Scheme.tile {
                let isInside = row &+ i < g.outputHeight && column &+ j < g.outputWidth
                let pixel = (row &+ i) &* g.outputWidth &+ column &+ j
                pixels[i &* Scheme.tile &+ j] =
                    isInside ? image.advanced(by: pixel &* g.filters) : outside
            }
        }
    }

    /// The rows of an image that the patches of a row of tiles are the first to read; the last row of tiles
    /// includes the rest of the image.
    func firstSeenRows(byTilesOf row: Int) -> Range<Int> {
        func end(_ row: Int) -> Int {
            let end = Scheme.stride * Scheme.tile * row - geometry.top + Scheme.patch
            return row + 1 == rows ? geometry.height : min(max(0, end), geometry.height)
        }
        return (row == 0 ? 0 : end(row - 1))..<end(row)
    }
}
