// Where the transformed form of patches, tiles and filters lies.

/// Matrices of the same shape: one for each product, (tiles, channels) for patches of x and (tiles, filters) for tiles of y, or
/// one for each number of a transformed filter, (channels, filters) or (filters, channels).
struct WinogradPlanes {
    let pointer: UnsafeMutablePointer<Float>
    let columns: Int
    /// Floats from one matrix to the next.
    let stride: Int

    /// A cache line more than the matrices take: else their rows, a power of two apart, would all fall into the
    /// same few places of the first-level cache.
    private static let gap = 16

    /// Floats that `count` matrices take.
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
