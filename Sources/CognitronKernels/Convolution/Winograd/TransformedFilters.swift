// Filters in Winograd's transformed domain, packed for its products.

/// All filters of a convolution in the transformed domain, one group after another.
package struct TransformedFilters: Sendable {
    private let buffer: Buffer
    private let channels: Int
    let groups: VectorGroups
    /// Offset of each group's matrices, and the end of the last.
    private let starts: [Int]

    /// Transforms the filters w.
    init<Scheme: WinogradScheme>(
        _ g: ConvolutionGeometry, _ w: UnsafePointer<Float>, _ scheme: Scheme.Type
    ) {
        channels = g.channels
        let groups = VectorGroups(of: g.filters, size: VectorGroups.usualSize)
        self.groups = groups
        starts = (0..<groups.count).reduce(into: [0]) { starts, group in
            starts.append(
                starts[group]
                    + WinogradPlanes.size(
                        Scheme.filterProducts, rows: g.channels, columns: groups[group].count)
            )
        }
        buffer = Buffer(starts[groups.count])
        // A tile is some channels of one group.
        let blocks = max(1, g.channels * groups.largest / Scheme.pairsAtOnce)
        let taps = FilterTaps(g, w)
        WorkerPool.shared.run(tiles: groups.count * blocks) { tile, _ in
            let (group, block) = (tile / blocks, tile % blocks)
            let channels = g.channels * block / blocks..<g.channels * (block + 1) / blocks
            Scheme.transformFilters(taps, rows: channels, columns: groups[group], into: self[group])
        }
    }

    /// The matrices of one group: (channels, filters of the group).
    subscript(group: Int) -> WinogradPlanes {
        WinogradPlanes(buffer.pointer + starts[group], rows: channels, columns: groups[group].count)
    }
}
