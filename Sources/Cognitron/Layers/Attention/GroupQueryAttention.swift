/// Attention by several heads of queries, groups of which share one head of keys and values.
///
///     headₕ = softmax(q Wqₕ · (k Wk_g)ᵀ / √headDim) · v Wv_g,   g = h · numKeyValueHeads / numQueryHeads
///     output = concatenate(head₁, head₂, …) · W
///
/// With one head of keys it is multi-query attention, with as many as of queries `MultiHeadAttention`, whose
/// inputs, masks and outputs it has.
///
/// - Input shapes: query `(N, T, d)`, value `(N, S, d)`, then, if wanted, key `(N, S, d)` (else the value),
///   and a mask `(N, T, S)` or `(N, heads, T, S)`, 0 where a query may not attend.
/// - Output shape: that of the query; with `returnAttentionScores` also the weights `(N, heads, T, S)`.
/// - Parameters: `query/kernel (d, numQueryHeads, headDim)`, `key/kernel (d, numKeyValueHeads, headDim)`,
///   with `useGate` `gate/kernel`, `value/kernel`, `attention_output/kernel (numQueryHeads, headDim, d)`, and
///   a `bias` of each.
/// - Throws: from `build`, a `CognitronError` where an argument is out of range, the heads cannot be grouped
///   or the inputs do not fit each other.
/// - Source: Keras `GroupQueryAttention`; Ainslie et al., "GQA: Training Generalized Multi-Query Transformer
///   Models from Multi-Head Checkpoints" (2023).
public final class GroupQueryAttention: AnyLayer, Codable {
    public let headDim: Int
    public let numQueryHeads: Int
    public let numKeyValueHeads: Int
    public let name: String?
    private let options: AttentionHeads.Options

    let heads: AttentionHeads
    public var children: [(name: String, layer: any AnyLayer)] { heads.children }
    public var randomStreams: [RandomStream] { heads.randomStreams }
    public var outputCount: Int { heads.outputCount }

    private enum CodingKeys: CodingKey { case headDim, numQueryHeads, numKeyValueHeads, options, name }

    /// - Parameters:
    ///   - headDim: the size of one head's queries, keys and values.
    ///   - numQueryHeads: the number of heads of queries, a multiple of `numKeyValueHeads`.
    ///   - numKeyValueHeads: the number of heads of keys and values.
    ///   - dropout: the probability of dropping a weight in training.
    ///   - useBias: whether the projections add biases.
    ///   - slidingWindow: the distance from which on steps are out of reach; without a limit by default.
    ///   - kernelInitializer: the distribution of the projections' initial kernels, and so on.
    ///   - activityRegularizer: a penalty on the projections' outputs that is added to the loss; none by
    ///     default.
    ///   - useGate: whether the heads' output is multiplied by the sigmoid of a projection of the query.
    ///   - seed: for dropout that does not depend on the model's seed.
    ///   - useCausalMask: whether no step attends to a later one.
    ///   - returnAttentionScores: whether the weights are a second output.
    ///   - name: the layer's name in messages, summaries and files; by default its type with a number.
    public convenience init(
        headDim: Int, numQueryHeads: Int, numKeyValueHeads: Int, dropout: Float = 0, useBias: Bool = true,
        slidingWindow: Int? = nil,
        kernelInitializer: Initializer = .glorotUniform, biasInitializer: Initializer = .zeros,
        kernelRegularizer: Regularizer? = nil, biasRegularizer: Regularizer? = nil,
        activityRegularizer: Regularizer? = nil, kernelConstraint: Constraint? = nil,
        biasConstraint: Constraint? = nil, useGate: Bool = false, seed: UInt64? = nil,
        useCausalMask: Bool = false, returnAttentionScores: Bool = false, name: String? = nil
    ) {
        let options = AttentionHeads.Options(
            dropout: dropout, useBias: useBias, slidingWindow: slidingWindow,
            rules: ProjectionRules(
                kernelInitializer: kernelInitializer, biasInitializer: biasInitializer,
                kernelRegularizer: kernelRegularizer, biasRegularizer: biasRegularizer,
                activityRegularizer: activityRegularizer, kernelConstraint: kernelConstraint,
                biasConstraint: biasConstraint),
            useGate: useGate, useCausalMask: useCausalMask, returnAttentionScores: returnAttentionScores,
            seed: seed)
        self.init(headDim, numQueryHeads, numKeyValueHeads, options, name)
    }

    private init(
        _ headDim: Int, _ queryHeads: Int, _ keyHeads: Int, _ options: AttentionHeads.Options, _ name: String?
    ) {
        (self.headDim, numQueryHeads, numKeyValueHeads) = (headDim, queryHeads, keyHeads)
        (self.options, self.name) = (options, name)
        let sizes = AttentionHeads.Sizes(
            heads: queryHeads, keyHeads: keyHeads, keySize: headDim, valueSize: headDim)
        heads = AttentionHeads(sizes, outputSize: nil, options)
    }

    public convenience init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            try container.decode(Int.self, forKey: .headDim),
            try container.decode(Int.self, forKey: .numQueryHeads),
            try container.decode(Int.self, forKey: .numKeyValueHeads),
            try container.decode(AttentionHeads.Options.self, forKey: .options),
            try container.decodeIfPresent(String.self, forKey: .name))
    }

    public func build(inputs: [Shape], _ context: inout BuildContext) throws -> [Shape] {
        try context.require("headDim", headDim)
        try context.require("numQueryHeads", numQueryHeads)
        try context.require("numKeyValueHeads", numKeyValueHeads)
        guard numQueryHeads % numKeyValueHeads == 0 else {
            throw context.error(
                .argument, "invalid numQueryHeads for \(numKeyValueHeads) heads of keys and values",
                expected: "a multiple of \(numKeyValueHeads)", got: "\(numQueryHeads)")
        }
        return try heads.build(inputs: inputs, &context)
    }

    /// That of the query.
    public func outputMasks(_ inputs: [Tensor], _ masks: [Tensor?]) -> [Tensor?] {
        guard let mask = masks.first, mask != nil else { return [] }
        return [mask] + Array(repeating: nil, count: outputCount - 1)
    }

    public func forward(
        inputs: consuming [Tensor], _ pass: Pass
    ) -> (outputs: [Tensor], pullback: MultiPullback) {
        heads.forward(inputs: inputs, pass)
    }

    public func receptiveField(
        _ field: ReceptiveField, inputs: [Shape], outputs: [Shape]
    ) -> ReceptiveField? { nil }

    public func multiplyAdds(inputs: [Shape], outputs: [Shape]) -> Int { heads.multiplyAdds(inputs) }
}
