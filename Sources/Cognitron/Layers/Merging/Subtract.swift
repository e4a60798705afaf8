/// The difference of its two inputs.
///
///     output = input₁ − input₂
///
/// - Input shapes: two; output shape: theirs, broadcast (`BroadcastingLayer`).
/// - Throws: from `build`, a `CognitronError` where the shapes do not broadcast.
/// - Source: Keras `Subtract`.
public final class Subtract: BroadcastingLayer, Codable {
    public let name: String?
    public var inputCounts: ClosedRange<Int> { 2...2 }

    public init(name: String? = nil) { self.name = name }

    public func merge(_ inputs: consuming [Tensor]) -> (output: Tensor, pullback: MergingPullback) {
        (inputs[0] - inputs[1], { [$0, -$0] })
    }
}
