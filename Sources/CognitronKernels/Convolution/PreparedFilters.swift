// Packed filters, cached between calls with the same filters.

package enum PreparedFilters: Sendable {
    /// Filters in Winograd's transformed domain.
    case transformed(TransformedFilters)
    /// Filter columns transformed for strips.
    case strips(StripFilters)
    /// Groups of filters, each a contiguous matrix.
    case grouped(FilterGroups)
    /// Filters of a volume's images.
    case volume(PreparedVolumeFilters)

    var transformed: TransformedFilters? {
        if case .transformed(let filters) = self { filters } else { nil }
    }

    var strips: StripFilters? {
        if case .strips(let filters) = self { filters } else { nil }
    }

    var volume: PreparedVolumeFilters? {
        if case .volume(let filters) = self { filters } else { nil }
    }

    var groups: FilterGroups? {
        if case .grouped(let filters) = self { filters } else { nil }
    }
}

/// The filters (terms, OC) in groups of neighbours, each group a contiguous matrix (terms, size). For few
/// positions the product is limited by reading the filters from memory, which is half as fast for short
/// pieces of long rows as for contiguous data.
package struct FilterGroups: Sendable {
    private let buffer: Buffer
    private let terms: Int
    /// Filters per group; the last may have fewer.
    let size: Int

    init(_ w: UnsafePointer<Float>, terms: Int, filters: Int, size: Int) {
        (self.terms, self.size) = (terms, size)
        let buffer = Buffer(terms * filters)
        self.buffer = buffer
        WorkerPool.shared.run(total: filters, grain: size) { group, _ in
            let columns = buffer.pointer + group.lowerBound * terms
            for term in 0..<terms {
                (columns + term * group.count)
                    .update(from: w + (term * filters + group.lowerBound), count: group.count)
            }
        }
    }

    /// The columns of one group.
    func columns(_ filters: Range<Int>) -> MatrixView {
        MatrixView(buffer.pointer + filters.lowerBound * terms, terms, filters.count)
    }
}
