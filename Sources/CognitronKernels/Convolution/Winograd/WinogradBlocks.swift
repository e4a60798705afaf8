// Splits the work of a Winograd convolution into blocks, by shape alone.

/// Channels or filters split into groups of nearly the same size, none narrower than a vector.
struct VectorGroups {
    /// Columns with which OpenBLAS's products run well; 64 filters of 512 channels take 4.5 MiB transformed.
    static let usualSize = 64

    private let total: Int
    /// Number of groups.
    let count: Int
    /// Size of the largest group.
    let largest: Int

    /// - Parameter size: minimum size of a group; groups stay smaller than twice this.
    init(of total: Int, size: Int) {
        let count = max(1, total / size)
        self.total = total
        self.count = count
        largest = (0..<count).reduce(0) { max($0, Self.range($1, of: count, total).count) }
    }

    /// Groups start at multiples of a vector, for aligned products; the last takes the rest.
    subscript(group: Int) -> Range<Int> { Self.range(group, of: count, total) }

    private static func range(_ group: Int, of count: Int, _ total: Int) -> Range<Int> {
        func start(_ group: Int) -> Int { total * group / count / Vector.width * Vector.width }
        return start(group)..<(group == count - 1 ? total : start(group + 1))
    }
}

enum Blocks {
    /// Returns the size that splits `count` tiles into the fewest blocks of about `limit`, all of nearly that
    /// size.
    static func size(_ count: Int, atMost limit: Int) -> Int {
        let blocks = max(1, (count + limit / 2) / max(1, limit))
        return max(1, (count + blocks - 1) / blocks)
    }
}
