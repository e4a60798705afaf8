/// A densely connected layer.
///
///     output = activation(input · kernel + bias)
///
/// - Input shape: `(N, …, inputs)`; output shape: `(N, …, units)`.
/// - Parameters: `kernel (inputs, units)`, `bias (units)` unless `useBias` is false.
/// - Throws: from `build`, a `CognitronError` where the input has no axis or `units` is below 1.
/// - Source: Keras `Dense`.
public final class Dense: ActivatedLayer, Codable {
    public let units: Int
    public let activation: ActivationFunction
    public let useBias: Bool
    public let kernelInitializer: Initializer
    public let biasInitializer: Initializer
    public let kernelRegularizer: Regularizer?
    public let biasRegularizer: Regularizer?
    public let activityRegularizer: Regularizer?
    public let kernelConstraint: Constraint?
    public let biasConstraint: Constraint?
    public let name: String?

    public let kernel = Parameter()
    public let bias = Parameter()
    public var parameters: [Parameter] { useBias ? [kernel, bias] : [kernel] }

    private enum CodingKeys: CodingKey {
        case units, activation, useBias, kernelInitializer, biasInitializer
        case kernelRegularizer, biasRegularizer, activityRegularizer, kernelConstraint, biasConstraint, name
    }

    /// - Parameters:
    ///   - units: the number of outputs per sample, at least 1.
    ///   - activation: the function applied to the sums; linear by default.
    ///   - useBias: whether to add a bias to each output.
    ///   - kernelInitializer: the distribution of the initial kernel.
    ///   - biasInitializer: the initial bias.
    ///   - kernelRegularizer: a penalty on the kernel that is added to the loss; none by default.
    ///     `biasRegularizer` likewise.
    ///   - activityRegularizer: a penalty on the outputs that is added to the loss, as a mean over the
    ///     samples.
    ///   - kernelConstraint: applied to the kernel after every step; none by default. `biasConstraint`
    ///     likewise.
    ///   - name: the layer's name in messages, summaries and files; by default its type with a number.
    public init(
        _ units: Int, activation: ActivationFunction = .linear, useBias: Bool = true,
        kernelInitializer: Initializer = .glorotUniform, biasInitializer: Initializer = .zeros,
        kernelRegularizer: Regularizer? = nil, biasRegularizer: Regularizer? = nil,
        activityRegularizer: Regularizer? = nil, kernelConstraint: Constraint? = nil,
        biasConstraint: Constraint? = nil, name: String? = nil
    ) {
        self.units = units
        self.activation = activation
        self.useBias = useBias
        self.kernelInitializer = kernelInitializer
        self.biasInitializer = biasInitializer
        self.kernelRegularizer = kernelRegularizer
        self.biasRegularizer = biasRegularizer
        self.activityRegularizer = activityRegularizer
        self.kernelConstraint = kernelConstraint
        self.biasConstraint = biasConstraint
        self.name = name
    }

    public func build(_ input: Shape, _ context: inout BuildContext) throws -> Shape {
        try context.require("units", units)
        try context.require(activation)
        try context.require(activityRegularizer: activityRegularizer)
        guard let inputs = input.last, inputs > 0 else {
            throw context.error(
                .shape, "needs a last axis to multiply", expected: "(…, inputs)", got: "\(input)")
        }
        try context.declare(
            kernel, "kernel", [inputs, units], kernelInitializer, regularizer: kernelRegularizer,
            constraint: kernelConstraint)
        if useBias {
            try context.declare(
                bias, "bias", [units], biasInitializer, regularizer: biasRegularizer,
                constraint: biasConstraint)
        }
        return input.replacingLast(with: units)
    }

    public func forwardLinear(_ input: consuming Tensor, _ pass: Pass) -> (
        output: Tensor, pullback: Pullback
    ) {
        let (x, w) = (input, kernel.value)
        var output = x.matmul(w)  // (N, inputs) · (inputs, units)
        if useBias { output += bias.value }
        return (
            output,
            { [self] outputGradient in
                let dy = outputGradient  // (N, units)
                kernel.accumulate { x.addMatmulGradient(dy, into: &$0, beta: $1) }  // xᵀ · dy
                if useBias { bias.accumulate { dy.addSumOfRows(into: &$0, beta: $1) } }
                return pass.needsInputGradient ? dy.matmul(w, transposingOther: true) : dy
            }
        )
    }

    public func multiplyAdds(inputs: [Shape], outputs: [Shape]) -> Int { inputs[0].elementCount * units }
}
