/// Records which pieces of memory are halves of a larger one, so that they can be merged again.
///
/// A network's first layers need the largest pieces and its last ones the smallest, at different times: in
/// the backward pass the small ones become free first and, merged, hold the first layers' gradients.
///
/// - Source: Knowlton, "A fast storage allocator" (1965): the buddy system, here for several sizes of the
///   whole.
struct Halves {
    private struct Pair: Hashable {
        /// Address of the lower half.
        let start: UInt
        /// Bytes of either half.
        let bytes: Int
    }

    private var pairs: Set<Pair> = []

    /// Records that the piece at `start` is split into two of `bytes` bytes.
    mutating func split(_ start: UInt, _ bytes: Int) { pairs.insert(Pair(start: start, bytes: bytes)) }

    /// Records that the two pieces of `bytes` bytes at `start` are merged.
    mutating func join(_ start: UInt, _ bytes: Int) { pairs.remove(Pair(start: start, bytes: bytes)) }

    /// Returns the other half of the piece at `address`, and the start of the whole.
    func other(_ address: UInt, _ bytes: Int) -> (address: UInt, start: UInt)? {
        if pairs.contains(Pair(start: address, bytes: bytes)) { return (address + UInt(bytes), address) }
        guard address >= UInt(bytes) else { return nil }
        let start = address - UInt(bytes)
        return pairs.contains(Pair(start: start, bytes: bytes)) ? (start, start) : nil
    }

    /// Records that the piece is released: none of the pieces that it was part of can be merged again.
    mutating func forget(_ address: UInt, _ bytes: Int) {
        var (start, bytes) = (address, bytes)
        while let whole = other(start, bytes)?.start {
            join(whole, bytes)
            (start, bytes) = (whole, 2 * bytes)
        }
    }
}
