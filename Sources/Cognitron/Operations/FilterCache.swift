import CognitronKernels

/// Caches the prepared filters of a convolution whose weights do not change, one entry per preparation:
/// batches of another size may run another algorithm.
final class FilterCache: Sendable {
    private let entries = Locked<[[ConvolutionAlgorithm]: PreparedFilters]>([:])

    /// - Parameter filters: the same at every call.
    func prepared(_ filters: Tensor, for convolution: some ConvolutionProducts) -> PreparedFilters? {
        entries.withLock { entries in
            let key = convolution.preparation
            if let known = entries[key] { return known }
            let fresh = convolution.prepared(filters.pointer)
            withExtendedLifetime(filters) {}
            entries[key] = fresh
            return fresh
        }
    }
}
