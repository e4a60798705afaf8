/// Attention of queries to keys by dot products, without projections.
///
///     output = softmax(scores) · value
///     scores = scale · query · keyᵀ                                       // scoreMode: .dot
///     scores = concatScoreWeight · Σ tanh(scale · (query + key))           // .concat, summed over features
///
/// with the scale 1 unless `useScale`. The mask of the value excludes steps of value and key; masked steps
/// of the query give zeros, and so do queries whose keys are all masked.
///
/// - Input shapes: query `(N, T, d)`, value `(N, S, dv)` and, if wanted, key `(N, S, d)` (else the value).
/// - Output shape: `(N, T, dv)`; with `returnAttentionScores` also the weights `(N, T, S)`.
/// - Parameters: `scale ()` if `useScale`, `concat_score_weight ()` in the mode `.concat`.
/// - Throws: from `build`, a `CognitronError` where the inputs do not fit each other.
/// - Source: Keras `Attention`; Luong et al., "Effective Approaches to Attention-based Neural Machine
///   Translation" (2015).
public final class Attention: ScoredAttention, StepwiseLayer, Codable {
    /// How a query and a key are compared.
    public enum ScoreMode: String, Codable, Sendable { case dot, concat }

    public let useScale: Bool
    public let scoreMode: ScoreMode
    public let dropout: Float
    public let useCausalMask: Bool
    public let returnAttentionScores: Bool
    public let name: String?

    public let scale = Parameter()
    public let concatScoreWeight = Parameter()
    public var parameters: [Parameter] {
        (useScale ? [scale] : []) + (scoreMode == .concat ? [concatScoreWeight] : [])
    }
    let random = RandomStream()
    public var randomStreams: [RandomStream] { [random] }
    public var outputCount: Int { returnAttentionScores ? 2 : 1 }

    private enum CodingKeys: CodingKey {
        case useScale, scoreMode, dropout, useCausalMask, returnAttentionScores, name
    }

    /// - Parameters:
    ///   - useScale: whether the scores are multiplied by a trained number.
    ///   - scoreMode: how a query and a key are compared.
    ///   - dropout: the probability of dropping a weight in training.
    ///   - useCausalMask: whether no step attends to a later one.
    ///   - returnAttentionScores: whether the weights are a second output.
    ///   - name: the layer's name in messages, summaries and files; by default its type with a number.
    public init(
        useScale: Bool = false, scoreMode: ScoreMode = .dot, dropout: Float = 0, useCausalMask: Bool = false,
        returnAttentionScores: Bool = false, name: String? = nil
    ) {
        (self.useScale, self.scoreMode, self.dropout) = (useScale, scoreMode, dropout)
        (self.useCausalMask, self.returnAttentionScores) = (useCausalMask, returnAttentionScores)
        self.name = name
    }

    public func build(inputs: [Shape], _ context: inout BuildContext) throws -> [Shape] {
        if useScale { try context.declare(scale, "scale", [], .ones) }
        if scoreMode == .concat {
            try context.declare(concatScoreWeight, "concat_score_weight", [], .ones)
        }
        return try buildOutputs(inputs, context)
    }

    func scores(_ q: Tensor, _ k: Tensor) -> (scores: Tensor, pullback: ScorePullback) {
        let factor = useScale ? scale.value : nil
        guard scoreMode == .dot else {
            return Self.tanhScores(
                q, k, factor: factor.map { ($0, scale) }, weight: (concatScoreWeight.value, concatScoreWeight)
            )
        }
        let products = q.matmul(k, transposingOther: true)  // (N, T, S)
        return (
            factor.map { products * $0 } ?? products,
            { [scale] ds in
                if factor != nil { scale.accumulate((ds * products).sum(axes: [0, 1, 2])) }
                let ds = factor.map { ds * $0 } ?? ds
                return (ds.matmul(k), ds.matmul(q, transposingSelf: true))
            }
        )
    }

    public func outputMasks(_ inputs: [Tensor], _ masks: [Tensor?]) -> [Tensor?] { queryMask(masks) }

    public func forward(
        inputs: consuming [Tensor], _ pass: Pass
    ) -> (outputs: [Tensor], pullback: MultiPullback) {
        attend(inputs, pass)
    }
}
