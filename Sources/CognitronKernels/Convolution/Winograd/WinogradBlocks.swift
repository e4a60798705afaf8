// How the work of a Winograd convolution is cut, by its shape alone.

/// Channels or filters cut into groups of nearly the same size, none narrower than a vector.
struct VectorGroups {
    /// Filters a group of the way forward, about: what OpenBLAS likes as the columns of a product, and 4.5 MiB transformed for
    /// 512 channels.
    static let filters = 64

    private let total: Int
    /// How many groups there are.
    let count: Int

    /// - Parameter size: of a group, at least; below twice of it.
    init(of total: Int, size: Int) {
        self.total = total
        count = max(1, total / size)
    }

    /// Starts are whole vectors, which products like; the last group takes the rest.
    subscript(group: Int) -> Range<Int> {
        start(group)..<(group == count - 1 ? total : start(group + 1))
    }

    var largest: Int { (0..<count).map { self[$0].count }.max() ?? 0 }

    private func start(_ group: Int) -> Int { total * group / count / Vector.width * Vector.width }
}

enum Blocks {
    /// The size of the fewest blocks of about `limit` that `count` tiles are cut into, so that the last is no stump.
    static func size(_ count: Int, atMost limit: Int) -> Int {
        let blocks = max(1, (count + limit / 2) / max(1, limit))
        return max(1, (count + blocks - 1) / blocks)
    }
}
