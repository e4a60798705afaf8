/// The product of its inputs.
///
///     output = input₁ · input₂ · …
///
/// - Input shapes: one or more; output shape: theirs, broadcast (`BroadcastingLayer`).
/// - Throws: from `build`, a `CognitronError` where the shapes do not broadcast.
/// - Source: Keras `Multiply`.
public final class Multiply: BroadcastingLayer, Codable {
    public let name: String?

    public init(name: String? = nil) { self.name = name }

    public func merge(_ inputs: consuming [Tensor]) -> (output: Tensor, pullback: MergingPullback) {
        let factors = inputs
        return (
            factors.dropFirst().reduce(factors[0], *),
            { dy in
                factors.indices.map { own in
                    factors.indices.reduce(dy) { $1 == own ? $0 : $0 * factors[$1] }
                }
            }
        )
    }
}
