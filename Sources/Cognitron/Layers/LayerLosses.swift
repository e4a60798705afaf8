import CognitronKernels

/// The losses that layers add during one forward pass.
///
///     let losses = LayerLosses()
///     let (output, pullback) = model.forward(x, .training.collecting(losses))
///     let total = loss + losses.total
///
/// - Source: Keras `Layer.add_loss`.
public final class LayerLosses: Sendable {
    private let values = Locked<[Float]>([])

    public init() {}

    /// The sum of all that was added.
    public var total: Float { values.withLock { Float($0.reduce(0.0) { $0 + Double($1) }) } }

    func add(_ value: Float) { values.withLock { $0.append(value) } }
}
