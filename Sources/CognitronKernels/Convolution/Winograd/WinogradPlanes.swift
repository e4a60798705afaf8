// Where the transformed form of patches, tiles and filters lies.

/// 36 matrices of the same shape, one for each product of F(4×4, 3×3): (tiles, channels) for patches of x,
/// (tiles, filters) for tiles of y, (channels, filters) for filters.
struct WinogradPlanes {
    let pointer: UnsafeMutablePointer<Float>
    let columns: Int
    /// Floats from one matrix to the next.
    let stride: Int

    /// A cache line more than the matrices take: else their rows, a power of two apart, would all fall into the
    /// same few places of the first-level cache.
    private static let gap = 16

    /// Floats that the matrices take.
    static func size(rows: Int, columns: Int) -> Int {
        WinogradGrid.products * stride(rows: rows, columns: columns)
    }

    private static func stride(rows: Int, columns: Int) -> Int { rows * columns + gap }

    init(_ pointer: UnsafeMutablePointer<Float>, rows: Int, columns: Int) {
        self.pointer = pointer
        self.columns = columns
        stride = Self.stride(rows: rows, columns: columns)
    }

    @inline(__always)
    func plane(_ product: Int) -> UnsafeMutablePointer<Float> { pointer + product &* stride }
}
