/// One step of a long short-term memory.
///
///     i, f, o = recurrentActivation(x · kernel + h · recurrent_kernel + bias)
///     g = activation(…)   c′ = f · c + i · g   h′ = o · activation(c′);   output = h′
///
/// - Inputs: `(N, inputs)` and optionally the states h and c `(N, units)`; outputs: the output, h′ and c′.
/// - Parameters: `kernel (inputs, 4 · units)`, `recurrent_kernel (units, 4 · units)`, `bias (4 · units)`
///   unless `useBias` is false, each with the gates in the order i, f, c, o.
/// - Throws: from `build`, a `CognitronError` where the input is no vector, `units` is below 1 or a rate is
///   not from 0 to below 1.
/// - Source: Keras `LSTMCell`; Hochreiter and Schmidhuber, "Long Short-Term Memory" (1997).
public final class LSTMCell: UnitCell, Codable {
    public let configuration: CellConfiguration
    public let unitForgetBias: Bool
    public let name: String?
    private let weights = CellWeights()
    public var kernel: Parameter { weights.kernel }
    public var recurrentKernel: Parameter { weights.recurrentKernel }
    public var bias: Parameter { weights.bias }
    public var randomStreams: [RandomStream] { [weights.random] }
    public var stateCount: Int { 2 }

    private enum CodingKeys: CodingKey { case configuration, unitForgetBias, name }

    /// - Parameters:
    ///   - units: the numbers of each state, at least 1.
    ///   - activation: what the new memory and the output go through.
    ///   - recurrentActivation: what the gates go through.
    ///   - unitForgetBias: whether the bias of the forget gate starts at 1.
    ///   - useBias: this and the others are those of `SimpleRNNCell`.
    public init(
        _ units: Int, activation: ActivationFunction = .tanh,
        recurrentActivation: ActivationFunction = .sigmoid, useBias: Bool = true,
        kernelInitializer: Initializer = .glorotUniform, recurrentInitializer: Initializer = .orthogonal,
        biasInitializer: Initializer = .zeros, unitForgetBias: Bool = true,
        kernelRegularizer: Regularizer? = nil, recurrentRegularizer: Regularizer? = nil,
        biasRegularizer: Regularizer? = nil, kernelConstraint: Constraint? = nil,
        recurrentConstraint: Constraint? = nil, biasConstraint: Constraint? = nil, dropout: Float = 0,
        recurrentDropout: Float = 0, name: String? = nil
    ) {
        configuration = CellConfiguration(
            units: units, activation: activation, recurrentActivation: recurrentActivation, useBias: useBias,
            kernelInitializer: kernelInitializer, recurrentInitializer: recurrentInitializer,
            biasInitializer: biasInitializer, kernelRegularizer: kernelRegularizer,
            recurrentRegularizer: recurrentRegularizer, biasRegularizer: biasRegularizer,
            kernelConstraint: kernelConstraint, recurrentConstraint: recurrentConstraint,
            biasConstraint: biasConstraint, dropout: dropout, recurrentDropout: recurrentDropout)
        self.unitForgetBias = unitForgetBias
        self.name = name
    }

    init(_ configuration: CellConfiguration, unitForgetBias: Bool, name: String?) {
        (self.configuration, self.unitForgetBias, self.name) = (configuration, unitForgetBias, name)
    }

    public func copy() -> LSTMCell? {
        LSTMCell(configuration, unitForgetBias: unitForgetBias, name: name)
    }

    public func build(inputs: [Shape], _ context: inout BuildContext) throws -> [Shape] {
        let bias = configuration.biasInitializer
        return try declare(
            inputs, gates: 4, bias: [4 * units],
            unitForgetBias ? Initializer(UnitForgetBias(initializer: bias)) : bias, &context)
    }

    public func begin(_ pass: Pass) -> CellStep { step(sequence(pass)) }

    func sequence(_ pass: Pass) -> CellSequence { CellSequence(self, weights.random, pass) }

    func step(_ sequence: CellSequence) -> CellStep {
        let gates = LSTMGates(
            activation: configuration.activation, recurrentActivation: configuration.recurrentActivation)
        return { [self] x, states in
            let (x, h) = (sequence.dropout(x), sequence.recurrentDropout(states[0]))
            var sums = x.matmul(sequence.kernel) + h.matmul(sequence.recurrentKernel)
            if let bias = sequence.bias { sums += bias }
            let (output, cell, gatesPullback) = gates.forward(sums, states[1])
            return (
                output, [output, cell],
                { [self] dOutput, dStates in
                    let (gradient, dCell) = gatesPullback(dOutput + dStates[0], dStates[1])
                    kernel.accumulate(x, gradient)
                    recurrentKernel.accumulate(h, gradient)
                    if configuration.useBias { bias.accumulate(gradient.sum(axis: 0)) }
                    let dx = gradient.matmul(sequence.kernel, transposingOther: true)
                    let dh = gradient.matmul(sequence.recurrentKernel, transposingOther: true)
                    return (sequence.dropout(dx), [sequence.recurrentDropout(dh), dCell])
                }
            )
        }
    }
}
