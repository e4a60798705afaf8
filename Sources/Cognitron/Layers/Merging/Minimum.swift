/// The smallest of its inputs at each place.
///
///     output = min(input₁, input₂, …)
///
/// - Input shapes: one or more; output shape: theirs, broadcast (`BroadcastingLayer`).
/// - Throws: from `build`, a `CognitronError` where the shapes do not broadcast.
/// - Source: Keras `Minimum`.
public final class Minimum: BroadcastingLayer, Codable {
    public let name: String?

    public init(name: String? = nil) { self.name = name }

    public func merge(_ inputs: consuming [Tensor]) -> (output: Tensor, pullback: MergingPullback) {
        Tensor.extreme(of: inputs) { $0.minimum($1) }
    }
}
