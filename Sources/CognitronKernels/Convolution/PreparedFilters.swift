// Filters as an algorithm reads them, for those who convolve again and again with the same.

package enum PreparedFilters: Sendable {
    /// Winograd's, in the transformed domain.
    case transformed(TransformedFilters)
    /// Columns transformed for strips.
    case strips(StripFilters)
    /// Groups of filters, each a matrix of its own.
    case grouped(FilterGroups)

    var transformed: TransformedFilters? {
        if case .transformed(let filters) = self { filters } else { nil }
    }

    var strips: StripFilters? {
        if case .strips(let filters) = self { filters } else { nil }
    }

    var groups: FilterGroups? {
        if case .grouped(let filters) = self { filters } else { nil }
    }
}

/// The filters (terms, OC) in groups of neighbours, each with its columns in one piece of memory: for few positions the
/// product is over in the time that the filters take to come from memory, which gives short pieces of long rows at half the
/// speed of a whole.
package struct FilterGroups: Sendable {
    private let buffer: Buffer
    private let terms: Int
    /// Filters a group; the last may have fewer.
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
