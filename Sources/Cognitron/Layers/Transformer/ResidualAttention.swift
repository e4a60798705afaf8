/// Attention of several heads that share the features, with its residual connection: the self-attention and
/// the cross-attention of a transformer block.
///
///     f(x, z) = attention(query: x, value: z), z = x in self-attention
struct ResidualAttention: Sendable {
    private let attention: AttentionHeads
    private let residual: ResidualPart

    init(_ name: String, isCausal: Bool = false, _ arguments: TransformerArguments) {
        residual = ResidualPart(name, arguments)
        attention = AttentionHeads(
            .init(heads: arguments.numHeads, keyHeads: arguments.numHeads), outputSize: nil,
            .init(
                dropout: arguments.dropout, useBias: true,
                rules: ProjectionRules(
                    kernelInitializer: arguments.kernelInitializer,
                    biasInitializer: arguments.biasInitializer),
                useGate: false, useCausalMask: isCausal, returnAttentionScores: false))
    }

    private var attentionName: String { "\(residual.name)_layer" }

    var children: [(name: String, layer: any AnyLayer)] { [(attentionName, attention)] + residual.children }

    var isBuilt: Bool { attention.allParameters.allSatisfy(\.isDeclared) }

    /// - Parameter inputs: those of the attention, `[x, z]`.
    func build(_ inputs: [Shape], _ context: inout BuildContext) throws {
        _ = try context.child(attentionName, attention, inputs)
        try residual.build(inputs[0], &context)
    }

    /// - Parameters:
    ///   - inputs: x, and in cross-attention z.
    ///   - mask: the steps of the keys that count. Masked queries attend too, as in KerasHub: what they give
    ///     does not count.
    func forward(
        _ inputs: [Tensor], mask: Tensor?, _ pass: Pass
    ) -> (output: Tensor, pullback: MergingPullback) {
        residual.forward(inputs, pass) { inputs in
            let isSelf = inputs.count == 1
            let (outputs, pullback) = pass.masking([nil, mask]).child(
                attentionName, attention, isSelf ? [inputs[0], inputs[0]] : inputs)
            return (
                outputs[0],
                { dy in
                    let gradients = pullback([dy])
                    return isSelf ? [gradients[0] + gradients[1]] : gradients
                }
            )
        }
    }
}
