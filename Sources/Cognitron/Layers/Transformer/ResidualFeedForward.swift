/// The feed-forward network of a transformer block with its residual connection: two dense layers for each
/// step.
///
///     f(x) = activation(x · W₁ + b₁) · W₂ + b₂
struct ResidualFeedForward: Sendable {
    private let intermediate: Dense
    /// Its units are the features of the input.
    private let outputDense: HeadProjection
    private let residual: ResidualPart

    init(_ arguments: TransformerArguments) {
        residual = ResidualPart("feedforward", arguments)
        intermediate = Dense(
            arguments.intermediateDim, activation: arguments.activation,
            kernelInitializer: arguments.kernelInitializer, biasInitializer: arguments.biasInitializer)
        outputDense = HeadProjection(
            useBias: true,
            ProjectionRules(
                kernelInitializer: arguments.kernelInitializer, biasInitializer: arguments.biasInitializer))
    }

    var children: [(name: String, layer: any AnyLayer)] {
        [("feedforward_intermediate_dense", intermediate), ("feedforward_output_dense", outputDense)]
            + residual.children
    }

    func build(_ input: Shape, _ context: inout BuildContext) throws {
        let hidden = try context.child("feedforward_intermediate_dense", intermediate, input)
        _ = try context.child("feedforward_output_dense", outputDense, [hidden, input])
        try residual.build(input, &context)
    }

    func forward(_ x: Tensor, _ pass: Pass) -> (output: Tensor, pullback: Pullback) {
        let (output, pullback) = residual.forward([x], pass) { inputs in
            let (hidden, hiddenPullback) = pass.child(
                "feedforward_intermediate_dense", intermediate, inputs[0])
            let (outputs, pullback) = pass.child("feedforward_output_dense", outputDense, [hidden])
            return (outputs[0], { [hiddenPullback(pullback([$0])[0])] })
        }
        return (output, { pullback($0)[0] })
    }
}
