// Layout of transformed patches, tiles and filters.

/// Matrices of the same shape: one per product, (tiles, channels) for patches of x and (tiles, filters) for
/// tiles of y, or one per value of a transformed filter, (channels, filters) or (filters, channels).
struct WinogradPlanes {
    let pointer: UnsafeMutablePointer<Float>
    let columns: Int
    /// Floats from one matrix to the next.
    let stride: Int

    /// A cache line between matrices: without it their rows, a power of two apart, would map to the same few
    /// sets of the first-level cache.
    private static let gap = 16

    /// Floats of `count` matrices.
    static func size(_ count: Int, rows: Int, columns: Int) -> Int {
        count * stride(rows: rows, columns: columns)
    }

    private static func stride(rows: Int, columns: Int) -> Int { rows * columns + gap }

    init(_ pointer: UnsafeMutablePointer<Float>, rows: Int, columns: Int) {
        self.pointer = pointer
        self.columns = columns
        stride = Self.stride(rows: rows, columns: columns)
    }

    @inline(__always)
    func plane(_ number: Int) -> UnsafeMutablePointer<Float> { pointer + number &* stride }
}
