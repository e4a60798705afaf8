/// The largest of its inputs at each place.
///
///     output = max(input₁, input₂, …)
///
/// - Input shapes: one or more; output shape: theirs, broadcast (`BroadcastingLayer`).
/// - Throws: from `build`, a `CognitronError` where the shapes do not broadcast.
/// - Source: Keras `Maximum`.
public final class Maximum: BroadcastingLayer, Codable {
    public let name: String?

    public init(name: String? = nil) { self.name = name }

    public func merge(_ inputs: consuming [Tensor]) -> (output: Tensor, pullback: MergingPullback) {
        Tensor.extreme(of: inputs) { $0.maximum($1) }
    }
}
