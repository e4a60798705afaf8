// Filters in the transformed domain, as Winograd's products read them.

/// Filters cut into groups of nearly the same size, none narrower than a vector.
struct FilterGroups {
    /// Filters a group, about: what OpenBLAS likes as the columns of a product, and 4.5 MiB transformed for 512 channels.
    static let size = 64

    private let filters: Int
    /// How many groups there are.
    let count: Int

    init(of g: ConvolutionGeometry) {
        filters = g.filters
        count = max(1, g.filters / Self.size)
    }

    /// Starts are whole vectors, which products like; the last group takes the rest.
    subscript(group: Int) -> Range<Int> {
        start(group)..<(group == count - 1 ? filters : start(group + 1))
    }

    var largest: Int { (0..<count).map { self[$0].count }.max() ?? 0 }

    private func start(_ group: Int) -> Int { filters * group / count / Vector.width * Vector.width }
}

/// All filters of a convolution in the transformed domain, group after group.
package struct TransformedFilters: Sendable {
    private let buffer: Buffer
    private let channels: Int
    let groups: FilterGroups
    /// Where the matrices of each group begin, and where the last ones end.
    private let starts: [Int]

    /// Transforms the filters w.
    init(_ g: ConvolutionGeometry, _ w: UnsafePointer<Float>) {
        channels = g.channels
        let groups = FilterGroups(of: g)
        self.groups = groups
        starts = (0..<groups.count).reduce(into: [0]) { starts, group in
            starts.append(
                starts[group] + WinogradPlanes.size(rows: g.channels, columns: groups[group].count))
        }
        buffer = Buffer(starts[groups.count])
        // A worker takes some channels of one group.
        let blocks = max(1, g.channels * groups.largest / Self.pairsAtOnce)
        WorkerPool.shared.run(tiles: groups.count * blocks) { tile, _ in
            let (group, block) = (tile / blocks, tile % blocks)
            let channels = g.channels * block / blocks..<g.channels * (block + 1) / blocks
            WinogradFilters.transform(g, w, channels: channels, filters: groups[group], into: self[group])
        }
    }

    /// Pairs of channel and filter a worker transforms at a time.
    private static let pairsAtOnce = 1 << 12

    /// The matrices of one group: (channels, filters of the group).
    subscript(group: Int) -> WinogradPlanes {
        WinogradPlanes(buffer.pointer + starts[group], rows: channels, columns: groups[group].count)
    }
}
