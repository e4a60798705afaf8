/// One step of a fully connected recurrent layer.
///
///     h′ = activation(x · kernel + h · recurrent_kernel + bias);   output = h′
///
/// - Inputs: `(N, inputs)` and optionally the state h `(N, units)`; outputs: the output and h′.
/// - Parameters: `kernel (inputs, units)`, `recurrent_kernel (units, units)`, `bias (units)` unless `useBias`
///   is false.
/// - Throws: from `build`, a `CognitronError` where the input is no vector, `units` is below 1 or a rate is
///   not from 0 to below 1.
/// - Source: Keras `SimpleRNNCell`; Elman, "Finding Structure in Time" (1990).
public final class SimpleRNNCell: UnitCell, Codable {
    public let configuration: CellConfiguration
    public let name: String?
    private let weights = CellWeights()
    public var kernel: Parameter { weights.kernel }
    public var recurrentKernel: Parameter { weights.recurrentKernel }
    public var bias: Parameter { weights.bias }
    public var randomStreams: [RandomStream] { [weights.random] }
    public var stateCount: Int { 1 }

    private enum CodingKeys: CodingKey { case configuration, name }

    /// - Parameters:
    ///   - units: the numbers of the state, at least 1.
    ///   - activation: what the new state goes through.
    ///   - useBias: whether a number of its own is added to each unit.
    ///   - kernelInitializer: how the first kernel is drawn; `recurrentInitializer` and `biasInitializer`
    ///     likewise.
    ///   - kernelRegularizer: what the loss is charged for the kernel; nothing by default.
    ///     `recurrentRegularizer` and `biasRegularizer` likewise.
    ///   - kernelConstraint: what the kernel is brought back to after every step. `recurrentConstraint` and
    ///     `biasConstraint` likewise.
    ///   - dropout: the share of the inputs that are dropped while training, from 0 to below 1; the same at
    ///     every step of a sequence.
    ///   - recurrentDropout: that of the state on its way into the next step.
    ///   - name: what messages, summaries and files call the layer; by default they number its type.
    public init(
        _ units: Int, activation: ActivationFunction = .tanh, useBias: Bool = true,
        kernelInitializer: Initializer = .glorotUniform, recurrentInitializer: Initializer = .orthogonal,
        biasInitializer: Initializer = .zeros, kernelRegularizer: Regularizer? = nil,
        recurrentRegularizer: Regularizer? = nil, biasRegularizer: Regularizer? = nil,
        kernelConstraint: Constraint? = nil, recurrentConstraint: Constraint? = nil,
        biasConstraint: Constraint? = nil, dropout: Float = 0, recurrentDropout: Float = 0,
        name: String? = nil
    ) {
        configuration = CellConfiguration(
            units: units, activation: activation, useBias: useBias, kernelInitializer: kernelInitializer,
            recurrentInitializer: recurrentInitializer, biasInitializer: biasInitializer,
            kernelRegularizer: kernelRegularizer, recurrentRegularizer: recurrentRegularizer,
            biasRegularizer: biasRegularizer, kernelConstraint: kernelConstraint,
            recurrentConstraint: recurrentConstraint, biasConstraint: biasConstraint, dropout: dropout,
            recurrentDropout: recurrentDropout)
        self.name = name
    }

    init(_ configuration: CellConfiguration, name: String?) {
        (self.configuration, self.name) = (configuration, name)
    }

    public func copy() -> SimpleRNNCell? { SimpleRNNCell(configuration, name: name) }

    public func build(inputs: [Shape], _ context: inout BuildContext) throws -> [Shape] {
        try declare(inputs, gates: 1, bias: [units], configuration.biasInitializer, &context)
    }

    public func begin(_ pass: Pass) -> CellStep { step(sequence(pass)) }

    func sequence(_ pass: Pass) -> CellSequence { CellSequence(self, weights.random, pass) }

    func step(_ sequence: CellSequence) -> CellStep {
        { [self] x, states in
            let (x, h) = (sequence.dropout(x), sequence.recurrentDropout(states[0]))
            var sum = x.matmul(sequence.kernel) + h.matmul(sequence.recurrentKernel)
            if let bias = sequence.bias { sum += bias }
            let (output, activationPullback) = configuration.activation.forward(sum)
            return (
                output, [output],
                { [self] dOutput, dStates in
                    let gradient = activationPullback(dOutput + dStates[0])
                    kernel.accumulate(x, gradient)
                    recurrentKernel.accumulate(h, gradient)
                    if configuration.useBias { bias.accumulate(gradient.sum(axis: 0)) }
                    return (
                        sequence.dropout(gradient.matmul(sequence.kernel, transposingOther: true)),
                        [
                            sequence.recurrentDropout(
                                gradient.matmul(sequence.recurrentKernel, transposingOther: true))
                        ]
                    )
                }
            )
        }
    }
}
