/// Attention by several heads, each with projections of its own.
///
///     headₕ = softmax(q Wqₕ · (k Wkₕ)ᵀ / √keyDim) · v Wvₕ
///     output = concatenate(head₁, head₂, …) · W
///
///     MultiHeadAttention(numHeads: 8, keyDim: 64)(x, x)                               // self-attention
///     MultiHeadAttention(numHeads: 8, keyDim: 64, useCausalMask: true)(x, x)          // of a decoder
///     MultiHeadAttention(numHeads: 8, keyDim: 64)(query, value, key, mask)            // all four inputs
///
/// The masks of the inputs count: nothing attends to masked steps of value and key, and masked steps of the
/// query attend to nothing. Where a query's keys are all masked the heads give zeros, where Keras gives their
/// mean.
///
/// Inputs may have further axes, `(N, T₁, T₂, d)` for example: the attention axes become one axis of steps,
/// and each place on the others is a sequence of its own.
///
///     MultiHeadAttention(numHeads: 2, keyDim: 8, attentionAxes: 2)(images, images)    // along pixel rows
///
/// - Input shapes: query `(N, T, d)`, value `(N, S, dv)`, then, if wanted, key `(N, S, dk)` (else the value),
///   and a mask `(N, T, S)` or `(N, heads, T, S)`, 0 where a query may not attend.
/// - Output shape: `(N, T, outputShape)`; with `returnAttentionScores` also the weights `(N, heads, T, S)`.
/// - Parameters: `query/kernel (d, heads, keyDim)`, `key/kernel`, with `useGate` `gate/kernel (d, heads,
///   valueDim)`, `value/kernel (dv, heads, valueDim)`, `attention_output/kernel (heads, valueDim, outputs)`,
///   and a `bias` of each.
/// - Throws: from `build`, a `CognitronError` where an argument is out of range or the inputs do not fit each
///   other.
/// - Source: Keras `MultiHeadAttention` (its call's `use_causal_mask`, `return_attention_scores` and
///   `attention_mask` are arguments and an input here); Vaswani et al., "Attention Is All You Need" (2017).
public final class MultiHeadAttention: AnyLayer, Codable {
    public let numHeads: Int
    public let keyDim: Int
    public let valueDim: Int?
    public let outputShape: Int?
    public let name: String?
    private let options: AttentionHeads.Options

    let heads: AttentionHeads
    public var children: [(name: String, layer: any AnyLayer)] { heads.children }
    public var randomStreams: [RandomStream] { heads.randomStreams }
    public var outputCount: Int { heads.outputCount }

    private enum CodingKeys: CodingKey { case numHeads, keyDim, valueDim, outputShape, options, name }

    /// - Parameters:
    ///   - numHeads: the number of heads.
    ///   - keyDim: the size of one head's queries and keys.
    ///   - valueDim: that of its values; `keyDim` by default.
    ///   - dropout: the probability of dropping a weight in training.
    ///   - useBias: whether the projections add biases.
    ///   - outputShape: the features of the output; those of the query by default.
    ///   - attentionAxes: the axes of the inputs to attend along, the batch being axis 0; all between the
    ///     batch and the features by default.
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
        numHeads: Int, keyDim: Int, valueDim: Int? = nil, dropout: Float = 0, useBias: Bool = true,
        outputShape: Int? = nil, attentionAxes: (any AxesConvertible)? = nil, slidingWindow: Int? = nil,
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
            seed: seed, attentionAxes: attentionAxes?.axes)
        self.init(numHeads, keyDim, valueDim, outputShape, options, name)
    }

    private init(
        _ numHeads: Int, _ keyDim: Int, _ valueDim: Int?, _ outputShape: Int?,
        _ options: AttentionHeads.Options, _ name: String?
    ) {
        (self.numHeads, self.keyDim, self.valueDim) = (numHeads, keyDim, valueDim)
        (self.outputShape, self.options, self.name) = (outputShape, options, name)
        let sizes = AttentionHeads.Sizes(
            heads: numHeads, keyHeads: numHeads, keySize: keyDim, valueSize: valueDim)
        heads = AttentionHeads(sizes, outputSize: outputShape, options)
    }

    public convenience init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            try container.decode(Int.self, forKey: .numHeads),
            try container.decode(Int.self, forKey: .keyDim),
            try container.decodeIfPresent(Int.self, forKey: .valueDim),
            try container.decodeIfPresent(Int.self, forKey: .outputShape),
            try container.decode(AttentionHeads.Options.self, forKey: .options),
            try container.decodeIfPresent(String.self, forKey: .name))
    }

    public func build(inputs: [Shape], _ context: inout BuildContext) throws -> [Shape] {
        try context.require("numHeads", numHeads)
        try context.require("keyDim", keyDim)
        if let valueDim { try context.require("valueDim", valueDim) }
        if let outputShape { try context.require("outputShape", outputShape) }
        return try context.alongAxes(options.attentionAxes, inputs) { sequences, context in
            try heads.build(inputs: sequences, &context)
        }
    }

    /// That of the query.
    public func outputMasks(_ inputs: [Tensor], _ masks: [Tensor?]) -> [Tensor?] {
        guard let mask = masks.first, mask != nil else { return [] }
        return [mask] + Array(repeating: nil, count: outputCount - 1)
    }

    public func forward(
        inputs: consuming [Tensor], _ pass: Pass
    ) -> (outputs: [Tensor], pullback: MultiPullback) {
        guard let axes = AttentionAxes(options.attentionAxes, rank: inputs[0].rank) else {
            return heads.forward(inputs: inputs, pass)
        }
        return axes.forward(inputs, pass.masking([])) { heads.forward(inputs: $0, $1) }
    }

    public func receptiveField(
        _ field: ReceptiveField, inputs: [Shape], outputs: [Shape]
    ) -> ReceptiveField? { nil }

    public func multiplyAdds(inputs: [Shape], outputs: [Shape]) -> Int { heads.multiplyAdds(inputs) }
}
