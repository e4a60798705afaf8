// The tiles of F(4×4, 3×3): which pixels of x a tile reads and which of y it writes.

/// The grid of 4×4 output tiles of a convolution. Neighbouring tiles read 6×6 patches of x that overlap by two pixels.
struct WinogradGrid {
    /// Pixels a side: of a tile of y, and of the patch of x that it sees.
    static let tile = 4
    static let patch = 6
    /// Products a tile and channel: one matrix product over channels for each.
    static let products = patch * patch

    let geometry: ConvolutionGeometry
    let rows: Int, columns: Int
    /// Tiles of the whole batch.
    let count: Int

    init(_ geometry: ConvolutionGeometry) {
        self.geometry = geometry
        rows = (geometry.outputHeight + Self.tile - 1) / Self.tile
        columns = (geometry.outputWidth + Self.tile - 1) / Self.tile
        count = geometry.batch * rows * columns
    }

    /// Image, and the first output row and column, of a tile.
    @inline(__always)
    func place(_ tile: Int) -> (image: Int, row: Int, column: Int) {
        let within = tile % (rows * columns)
        return (
            tile / (rows * columns), within / columns * Self.tile, within % columns * Self.tile
        )
    }

    /// The addresses of a patch's pixels in x, `outside` for those in the padding. With them the passes over the
    /// channels need no case for the edges (Dukhan, "The Indirect Convolution Algorithm", 2019).
    @inline(__always)
    func patchPixels(
        _ tile: Int, of x: UnsafePointer<Float>, outside: UnsafePointer<Float>,
        into pixels: UnsafeMutablePointer<UnsafePointer<Float>>
    ) {
        let g = geometry
        let (n, row, column) = place(tile)
        let image = x + n &* g.height &* g.width &* g.channels
        for i in 0..<Self.patch {
            let y = row &+ i &- g.top
            for j in 0..<Self.patch {
                let x = column &+ j &- g.left
                let isInside = y >= 0 && y < g.height && x >= 0 && x < g.width
                pixels[i &* Self.patch &+ j] =
                    isInside ? image + (y &* g.width &+ x) &* g.channels : outside
            }
        }
    }

    /// The addresses of a tile's pixels in y, `outside` for those beyond its last row or column.
    @inline(__always)
    func tilePixels<Pointer: Strideable>(
        _ tile: Int, of y: Pointer, outside: Pointer, into pixels: UnsafeMutablePointer<Pointer>
    ) where Pointer.Stride == Int {
        let g = geometry
        let (n, row, column) = place(tile)
        let image = y.advanced(by: n &* g.outputPixels &* g.filters)
        for i in 0..<Self.tile {
            for j in 0..<Self.tile {
                let isInside = row &+ i < g.outputHeight && column &+ j < g.outputWidth
                let pixel = (row &+ i) &* g.outputWidth &+ column &+ j
                pixels[i &* Self.tile &+ j] = isInside ? image.advanced(by: pixel &* g.filters) : outside
            }
        }
    }
}
