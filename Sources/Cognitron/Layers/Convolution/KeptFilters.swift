import CognitronKernels
import Synchronization

/// Caches prepared filters that do not change, one entry per algorithm: batches of other sizes may go by
/// another one.
final class KeptFilters: Sendable {
    private let kept = Mutex<[ConvolutionAlgorithm: PreparedFilters]>([:])

    /// - Parameter filters: the same at every call.
    func prepared(_ filters: Tensor, for convolution: Convolution) -> PreparedFilters? {
        kept.withLock { kept in
            if let known = kept[convolution.algorithm] { return known }
            let fresh = convolution.prepared(filters.pointer)
            kept[convolution.algorithm] = fresh
            return fresh
        }
    }
}
