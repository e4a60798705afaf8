/// Which pieces of memory are the halves of a larger one, so that the larger one can be put together again.
///
/// A network's first layers want the largest pieces and its last ones the smallest, and not at the same time: in the
/// backward pass the small ones become free first, and put together they are what the first layers' gradients need.
///
/// - Source: Knowlton, "A fast storage allocator" (1965): the buddy system, here for several sizes of the whole.
struct Halves {
    private struct Pair: Hashable {
        /// Where the lower half begins.
        let start: UInt
        /// Bytes of either half.
        let bytes: Int
    }

    private var pairs: Set<Pair> = []

    /// Notes that the piece at `start` now is two of so many bytes.
    mutating func split(_ start: UInt, _ bytes: Int) { pairs.insert(Pair(start: start, bytes: bytes)) }

    /// Notes that the two pieces at `start` now are one.
    mutating func join(_ start: UInt, _ bytes: Int) { pairs.remove(Pair(start: start, bytes: bytes)) }

    /// The other half of what the piece at `address` is a half of, and where the whole begins.
    func other(_ address: UInt, _ bytes: Int) -> (address: UInt, start: UInt)? {
        if pairs.contains(Pair(start: address, bytes: bytes)) { return (address + UInt(bytes), address) }
        guard address >= UInt(bytes) else { return nil }
        let start = address - UInt(bytes)
        return pairs.contains(Pair(start: start, bytes: bytes)) ? (start, start) : nil
    }

    /// Notes that the piece is gone: what it was a part of, and what that was a part of, will never be whole again.
    mutating func forget(_ address: UInt, _ bytes: Int) {
        var (start, bytes) = (address, bytes)
        while let whole = other(start, bytes)?.start {
            join(whole, bytes)
            (start, bytes) = (whole, 2 * bytes)
        }
    }
}
