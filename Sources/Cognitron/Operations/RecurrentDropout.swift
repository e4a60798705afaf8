/// Dropout that sets the same units of a sample to zero at every step of a sequence.
///
///     y = x · mask / (1 − rate)
///
/// Its own gradient: the backward pass applies it to dy.
///
/// - Source: Gal and Ghahramani, "A Theoretically Grounded Application of Dropout in Recurrent Neural
///   Networks" (2016).
struct RecurrentDropout {
    private let key: RandomKey
    private let rate: Float

    init(_ key: RandomKey, rate: Float) { (self.key, self.rate) = (key, rate) }

    /// One step (N, …).
    func callAsFunction(_ x: consuming Tensor) -> Tensor {
        x.dropped(rate: rate, key: key)
    }

    /// All steps (N, T, …), to the bit what single steps give.
    func sequence(_ x: Tensor) -> Tensor {
        var step = Array(x.shape)
        step.remove(at: 1)
        return x * self(.ones(Shape(step))).expandingDimensions(at: 1)
    }
}

extension RecurrentDropout? {
    func callAsFunction(_ x: consuming Tensor) -> Tensor {
        switch self {
        case nil: x
        case .some(let dropout): dropout(x)
        }
    }

    func sequence(_ x: Tensor) -> Tensor { self?.sequence(x) ?? x }
}
