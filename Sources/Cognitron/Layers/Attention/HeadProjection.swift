/// A linear map from features to heads, or from heads to features: the parts of multi-head attention.
///
///     output[n, t, b] = Σ input[n, t, a] · kernel[a, b] + bias[b]
///
/// where a and b stand for one axis or two, `(heads, size)`.
///
/// - Input shape: `(N, T) + inputs`; output shape: `(N, T) + outputs`, which `build` gets as a second shape.
/// - Parameters: `kernel (inputs + outputs)`, `bias (outputs)` unless `useBias` is false.
/// - Source: Keras `EinsumDense`, as `MultiHeadAttention` uses it.
final class HeadProjection: AnyLayer {
    let name: String? = nil
    private let useBias: Bool
    private let rules: ProjectionRules

    let kernel = Parameter()
    let bias = Parameter()
    var parameters: [Parameter] { useBias ? [kernel, bias] : [kernel] }

    init(useBias: Bool, _ rules: ProjectionRules) {
        self.useBias = useBias
        self.rules = rules
    }

    func build(inputs: [Shape], _ context: inout BuildContext) throws -> [Shape] {
        let outputs = Array(inputs[1].dropFirst())
        try context.declare(
            kernel, "kernel", Shape(Array(inputs[0].dropFirst()) + outputs), rules.kernelInitializer,
            regularizer: rules.kernelRegularizer, constraint: rules.kernelConstraint)
        if useBias {
            try context.declare(
                bias, "bias", Shape(outputs), rules.biasInitializer, regularizer: rules.biasRegularizer,
                constraint: rules.biasConstraint)
        }
        return [inputs[1]]
    }

    func forward(inputs: consuming [Tensor], _ pass: Pass) -> (outputs: [Tensor], pullback: MultiPullback) {
        let (output, pullback) = forward(inputs.removeLast())
        let charged = pass.charging(rules.activityRegularizer, for: output, pullback)
        return ([output], { [charged($0[0])] })
    }

    private func forward(_ input: consuming Tensor) -> (output: Tensor, pullback: Pullback) {
        let inputShape = input.shape
        let rows = inputShape[0] * inputShape[1]
        let outputs = kernel.shape.dropFirst(inputShape.rank - 2)
        let units = outputs.reduce(1, *)
        let x = input.reshaped([rows, inputShape.dropFirst(2).reduce(1, *)])
        let w = kernel.value.reshaped([kernel.shape.elementCount / units, units])
        var output = x.matmul(w)
        if useBias { output += bias.value.reshaped([units]) }
        return (
            output.reshaped(Shape(Array(inputShape.prefix(2)) + outputs)),
            { [self] outputGradient in
                let dy = outputGradient.reshaped([rows, units])
                kernel.accumulate { x.addMatmulGradient(dy, into: &$0, beta: $1) }
                if useBias { bias.accumulate { dy.addSumOfRows(into: &$0, beta: $1) } }
                return dy.matmul(w, transposingOther: true).reshaped(inputShape)
            }
        )
    }
}

/// How the parameters of the projections are drawn, penalised and bounded.
struct ProjectionRules: Codable, Sendable {
    var kernelInitializer: Initializer
    var biasInitializer: Initializer
    var kernelRegularizer: Regularizer?
    var biasRegularizer: Regularizer?
    var activityRegularizer: Regularizer?
    var kernelConstraint: Constraint?
    var biasConstraint: Constraint?
}
