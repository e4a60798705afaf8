/// The mean of its inputs.
///
///     output = (input₁ + … + inputₙ) / n
///
/// - Input shapes: one or more; output shape: theirs, broadcast (`BroadcastingLayer`).
/// - Throws: from `build`, a `CognitronError` where the shapes do not broadcast.
/// - Source: Keras `Average`.
public final class Average: BroadcastingLayer, Codable {
    public let name: String?

    public init(name: String? = nil) { self.name = name }

    public func merge(_ inputs: consuming [Tensor]) -> (output: Tensor, pullback: MergingPullback) {
        let count = inputs.count
        var output = Tensor.sum(of: inputs)
        output /= Float(count)
        return (output, { Array(repeating: $0 / Float(count), count: count) })
    }
}
