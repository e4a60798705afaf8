// How the work of a Winograd convolution is cut, by its shape alone.

/// Channels or filters cut into groups of nearly the same size, none narrower than a vector.
struct VectorGroups {
    /// What OpenBLAS likes as the columns of a product; so many filters of 512 channels have 4.5 MiB transformed.
    static let usualSize = 64

    private let total: Int
    /// How many groups there are.
    let count: Int
    /// The size of the largest.
    let largest: Int

    /// - Parameter size: of a group, at least; below twice of it.
    init(of total: Int, size: Int) {
        let count = max(1, total / size)
        self.total = total
        self.count = count
        largest = (0..<count).reduce(0) { max($0, Self.range($1, of: count, total).count) }
    }

    /// Starts are whole vectors, which products like; the last group takes the rest.
    subscript(group: Int) -> Range<Int> { Self.range(group, of: count, total) }

    private static func range(_ group: Int, of count: Int, _ total: Int) -> Range<Int> {
        func start(_ group: Int) -> Int { total * group / count / Vector.width * Vector.width }
        return start(group)..<(group == count - 1 ? total : start(group + 1))
    }
}

enum Blocks {
    /// The size of the fewest blocks of about `limit` that `count` tiles are cut into, so that the last is no stump.
    static func size(_ count: Int, atMost limit: Int) -> Int {
        let blocks = max(1, (count + limit / 2) / max(1, limit))
        return max(1, (count + blocks - 1) / blocks)
    }
}
