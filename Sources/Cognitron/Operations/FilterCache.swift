import CognitronKernels
import Synchronization

/// Caches the prepared filters of a convolution whose weights do not change, one entry per algorithm: batches
/// of another size may run another one.
final class FilterCache: Sendable {
    private let entries = Mutex<[ConvolutionAlgorithm: PreparedFilters]>([:])

    /// - Parameter filters: the same at every call.
    func prepared(_ filters: Tensor, for convolution: Convolution) -> PreparedFilters? {
        entries.withLock { entries in
            if let known = entries[convolution.algorithm] { return known }
            let fresh = convolution.prepared(filters.pointer)
            withExtendedLifetime(filters) {}
            entries[convolution.algorithm] = fresh
            return fresh
        }
    }
}
