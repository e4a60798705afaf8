/// Attention of queries to keys by a sum that a tanh bends.
///
///     output = softmax(scores) · value
///     scores = Σ scale · tanh(query + key)           // summed over features
///
/// with the scale 1 unless `useScale`. Masks are those of `Attention`.
///
/// - Input shapes: query `(N, T, d)`, value `(N, S, dv)` and, if wanted, key `(N, S, d)` (else the value).
/// - Output shape: `(N, T, dv)`; with `returnAttentionScores` also the weights `(N, T, S)`.
/// - Parameters: `scale (d)` if `useScale`.
/// - Throws: from `build`, a `CognitronError` where the inputs do not fit each other.
/// - Source: Keras `AdditiveAttention`; Bahdanau et al., "Neural Machine Translation by Jointly Learning to
///   Align and Translate" (2015).
public final class AdditiveAttention: ScoredAttention, StepwiseLayer, Codable {
    public let useScale: Bool
    public let dropout: Float
    public let useCausalMask: Bool
    public let returnAttentionScores: Bool
    public let name: String?

    public let scale = Parameter()
    public var parameters: [Parameter] { useScale ? [scale] : [] }
    let random = RandomStream()
    public var randomStreams: [RandomStream] { [random] }
    public var outputCount: Int { returnAttentionScores ? 2 : 1 }

    private enum CodingKeys: CodingKey { case useScale, dropout, useCausalMask, returnAttentionScores, name }

    /// - Parameters:
    ///   - useScale: whether each feature counts with a trained factor.
    ///   - dropout: the probability of dropping a weight in training.
    ///   - useCausalMask: whether no step attends to a later one.
    ///   - returnAttentionScores: whether the weights are a second output.
    ///   - name: the layer's name in messages, summaries and files; by default its type with a number.
    public init(
        useScale: Bool = true, dropout: Float = 0, useCausalMask: Bool = false,
        returnAttentionScores: Bool = false, name: String? = nil
    ) {
        (self.useScale, self.dropout, self.useCausalMask) = (useScale, dropout, useCausalMask)
        (self.returnAttentionScores, self.name) = (returnAttentionScores, name)
    }

    public func build(inputs: [Shape], _ context: inout BuildContext) throws -> [Shape] {
        let shapes = try buildOutputs(inputs, context)
        if useScale { try context.declare(scale, "scale", [inputs[0][1]], .glorotUniform) }
        return shapes
    }

    func scores(_ q: Tensor, _ k: Tensor) -> (scores: Tensor, pullback: ScorePullback) {
        Self.tanhScores(q, k, factor: nil, weight: useScale ? (scale.value, scale) : nil)
    }

    public func outputMasks(_ inputs: [Tensor], _ masks: [Tensor?]) -> [Tensor?] { queryMask(masks) }

    public func forward(
        inputs: consuming [Tensor], _ pass: Pass
    ) -> (outputs: [Tensor], pullback: MultiPullback) {
        attend(inputs, pass)
    }
}
