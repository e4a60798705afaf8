/// A transformer's encoder block: each step attends to all steps, then passes a feed-forward network.
///
///     y = norm(x + dropout(attention(x, x)))
///     output = norm(y + dropout(activation(y · W₁ + b₁) · W₂ + b₂))
///
/// With `normalizeFirst` the normalisations stand before the attention and the network instead of after the
/// sums, and the last sum is the output. A head's size is the features divided by `numHeads`. Steps that the
/// input's mask leaves out are attended to by none.
///
///     var x = Embedding(10_000, 64, maskZero: true)(tokens)
///     x = TransformerEncoder(intermediateDim: 256, numHeads: 4)(Add()(x, PositionEmbedding(128)(x)))
///
/// - Input and output shape: `(N, T, d)`, d being a multiple of `numHeads`.
/// - Parameters: those of `MultiHeadAttention` under `self_attention_layer`, of `LayerNormalization` under
///   `self_attention_layer_norm` and `feedforward_layer_norm`, and of `Dense` under
///   `feedforward_intermediate_dense` and `feedforward_output_dense`.
/// - Throws: from `build`, a `CognitronError` where the heads do not divide the features, an argument is out
///   of range or the input is no sequence.
/// - Source: KerasHub `TransformerEncoder`, which rounds the head's size down; Vaswani et al., "Attention Is
///   All You Need" (2017).
public final class TransformerEncoder: TransformerBlock, Layer {
    public let arguments: TransformerArguments
    private let attention: ResidualAttention
    private let feedForward: ResidualFeedForward
    public var children: [(name: String, layer: any AnyLayer)] { attention.children + feedForward.children }

    public init(_ arguments: TransformerArguments) {
        self.arguments = arguments
        attention = ResidualAttention("self_attention", arguments)
        feedForward = ResidualFeedForward(arguments)
    }

    /// - Parameters:
    ///   - intermediateDim: the units of the feed-forward network's first layer.
    ///   - numHeads: the number of heads.
    ///   - dropout: the probability of dropping a weight of the attention, and a number of what is added to a
    ///     sum, in training.
    ///   - activation: the function between the network's layers.
    ///   - layerNormEpsilon: added to the variances of the normalisations.
    ///   - kernelInitializer: the distribution of the initial kernels. `biasInitializer` likewise.
    ///   - normalizeFirst: whether to normalise before the attention and the network (GPT-2) instead of after
    ///     them (BERT).
    ///   - name: the layer's name in messages, summaries and files; by default its type with a number.
    public convenience init(
        intermediateDim: Int, numHeads: Int, dropout: Float = 0, activation: ActivationFunction = .relu,
        layerNormEpsilon: Float = 1e-5, kernelInitializer: Initializer = .glorotUniform,
        biasInitializer: Initializer = .zeros, normalizeFirst: Bool = false, name: String? = nil
    ) {
        self.init(
            TransformerArguments(
                intermediateDim: intermediateDim, numHeads: numHeads, dropout: dropout,
                activation: activation, layerNormEpsilon: layerNormEpsilon,
                kernelInitializer: kernelInitializer, biasInitializer: biasInitializer,
                normalizeFirst: normalizeFirst, name: name))
    }

    public func build(_ input: Shape, _ context: inout BuildContext) throws -> Shape {
        try context.require(arguments)
        try attention.build([input, input], &context)
        try feedForward.build(input, &context)
        return input
    }

    public func forward(_ input: consuming Tensor, _ pass: Pass) -> (output: Tensor, pullback: Pullback) {
        let (attended, attentionPullback) = attention.forward([input], mask: pass.mask(0), pass)
        let (output, pullback) = feedForward.forward(attended, pass)
        return (output, { attentionPullback(pullback($0))[0] })
    }
}
