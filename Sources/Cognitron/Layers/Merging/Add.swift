/// The sum of its inputs.
///
///     output = input₁ + input₂ + …
///
/// - Input shapes: one or more; output shape: theirs, broadcast (`BroadcastingLayer`).
/// - Throws: from `build`, a `CognitronError` where the shapes do not broadcast.
/// - Source: Keras `Add`.
public final class Add: BroadcastingLayer, Codable {
    public let name: String?

    public init(name: String? = nil) { self.name = name }

    public func merge(_ inputs: consuming [Tensor]) -> (output: Tensor, pullback: MergingPullback) {
        let count = inputs.count
        return (.sum(of: inputs), { Array(repeating: $0, count: count) })
    }
}
