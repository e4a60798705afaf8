/// A transformer's decoder block: each step attends to itself and the steps before it, then to those of an
/// encoder's output if there is one, then passes a feed-forward network.
///
///     y = norm(x + dropout(attention(x, x)))            // causal
///     z = norm(y + dropout(attention(y, encoder)))      // where a second input is given
///     output = norm(z + dropout(activation(z · W₁ + b₁) · W₂ + b₂))
///
/// With `normalizeFirst` the normalisations stand before the parts instead of after the sums, and the last
/// sum is the output. A head's size is the features divided by `numHeads`. Steps that the masks of the inputs
/// leave out are attended to by none.
///
///     TransformerDecoder(intermediateDim: 256, numHeads: 4)(x)              // a decoder alone, as in GPT
///     TransformerDecoder(intermediateDim: 256, numHeads: 4)(x, encoded)     // with cross-attention
///
/// - Input shapes: `(N, T, d)`, d being a multiple of `numHeads`, and optionally the encoder's output
///   `(N, S, e)`; output shape: that of the first.
/// - Parameters: those of `MultiHeadAttention` under `self_attention_layer` and, with two inputs,
///   `cross_attention_layer`, of `LayerNormalization` under `self_attention_layer_norm`,
///   `cross_attention_layer_norm` and `feedforward_layer_norm`, and of `Dense` under
///   `feedforward_intermediate_dense` and `feedforward_output_dense`.
/// - Throws: from `build`, a `CognitronError` where the heads do not divide the features, an argument is out
///   of range, the inputs are no sequences or their number differs from an earlier use of the layer.
/// - Source: KerasHub `TransformerDecoder`, which rounds the head's size down; Vaswani et al., "Attention Is
///   All You Need" (2017).
public final class TransformerDecoder: TransformerBlock {
    public let arguments: TransformerArguments
    public var useCausalMask: Bool { arguments.savedCausalMask ?? true }
    private let attention: ResidualAttention
    private let crossAttention: ResidualAttention
    private let feedForward: ResidualFeedForward

    public init(_ arguments: TransformerArguments) {
        self.arguments = arguments
        attention = ResidualAttention(
            "self_attention", isCausal: arguments.savedCausalMask ?? true, arguments)
        crossAttention = ResidualAttention("cross_attention", arguments)
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
    ///   - useCausalMask: whether no step attends to a later one.
    ///   - name: the layer's name in messages, summaries and files; by default its type with a number.
    public convenience init(
        intermediateDim: Int, numHeads: Int, dropout: Float = 0, activation: ActivationFunction = .relu,
        layerNormEpsilon: Float = 1e-5, kernelInitializer: Initializer = .glorotUniform,
        biasInitializer: Initializer = .zeros, normalizeFirst: Bool = false, useCausalMask: Bool = true,
        name: String? = nil
    ) {
        self.init(
            TransformerArguments(
                intermediateDim: intermediateDim, numHeads: numHeads, dropout: dropout,
                activation: activation, layerNormEpsilon: layerNormEpsilon,
                kernelInitializer: kernelInitializer, biasInitializer: biasInitializer,
                normalizeFirst: normalizeFirst, savedCausalMask: useCausalMask ? nil : false, name: name))
    }

    public var children: [(name: String, layer: any AnyLayer)] {
        attention.children + (isCross ? crossAttention.children : []) + feedForward.children
    }

    /// Whether it was built with an encoder's output.
    private var isCross: Bool { crossAttention.isBuilt }

    public func build(inputs: [Shape], _ context: inout BuildContext) throws -> [Shape] {
        try context.require(arguments)
        guard inputs.count == 1 || inputs.count == 2 else {
            throw context.error(
                .shape, "invalid number of inputs",
                expected: "a sequence, then, if wanted, an encoder's output", got: "\(inputs.count)")
        }
        guard !attention.isBuilt || isCross == (inputs.count == 2) else {
            throw context.error(
                .shape, "it was used before \(isCross ? "with" : "without") an encoder's output",
                expected: isCross ? "2 inputs" : "1 input", got: "\(inputs.count)",
                advice: "use a layer of its own for each")
        }
        if inputs.count == 2 { try crossAttention.build(inputs, &context) }
        try attention.build([inputs[0], inputs[0]], &context)
        try feedForward.build(inputs[0], &context)
        return [inputs[0]]
    }

    public func forward(
        inputs: consuming [Tensor], _ pass: Pass
    ) -> (outputs: [Tensor], pullback: MultiPullback) {
        let (attended, selfPullback) = attention.forward([inputs[0]], mask: pass.mask(0), pass)
        guard inputs.count == 2 else {
            let (output, pullback) = feedForward.forward(attended, pass)
            return ([output], { selfPullback(pullback($0[0])) })
        }
        let (crossed, crossPullback) = crossAttention.forward(
            [attended, inputs[1]], mask: pass.mask(1), pass)
        let (output, pullback) = feedForward.forward(crossed, pass)
        return (
            [output],
            { dy in
                let gradients = crossPullback(pullback(dy[0]))
                return selfPullback(gradients[0]) + [gradients[1]]
            }
        )
    }
}
