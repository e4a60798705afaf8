/// One step of a gated recurrent unit.
///
///     z, r = recurrentActivation(x · kernel + b + h · recurrent_kernel + b′)
///     n = activation(x · kernel + b + r · (h · recurrent_kernel + b′))       with resetAfter
///     n = activation(x · kernel + b + (r · h) · recurrent_kernel)            without
///     h′ = z · h + (1 − z) · n;   output = h′
///
/// - Inputs: `(N, inputs)` and optionally the state h `(N, units)`; outputs: the output and h′.
/// - Parameters: `kernel (inputs, 3 · units)`, `recurrent_kernel (units, 3 · units)` and, unless `useBias` is
///   false, `bias (2, 3 · units)`, b and b′, or without `resetAfter` `(3 · units)`, b; each with the gates in
///   the order z, r, n.
/// - Throws: from `build`, a `CognitronError` where the input is no vector, `units` is below 1 or a rate is
///   not from 0 to below 1.
/// - Source: Keras `GRUCell`; Cho et al., "Learning Phrase Representations using RNN Encoder-Decoder for
///   Statistical Machine Translation" (2014).
public final class GRUCell: UnitCell, Codable {
    public let configuration: CellConfiguration
    public let resetAfter: Bool
    public let name: String?
    private let weights = CellWeights()
    public var kernel: Parameter { weights.kernel }
    public var recurrentKernel: Parameter { weights.recurrentKernel }
    public var bias: Parameter { weights.bias }
    public var randomStreams: [RandomStream] { [weights.random] }
    public var stateCount: Int { 1 }

    private enum CodingKeys: CodingKey { case configuration, resetAfter, name }

    /// - Parameters:
    ///   - units: the numbers of the state, at least 1.
    ///   - activation: what the candidate for the new state goes through.
    ///   - recurrentActivation: what the gates go through.
    ///   - resetAfter: whether the reset gate stands behind the product with the recurrent kernel instead of
    ///     before it.
    ///   - useBias: this and the others are those of `SimpleRNNCell`.
    public init(
        _ units: Int, activation: ActivationFunction = .tanh,
        recurrentActivation: ActivationFunction = .sigmoid, useBias: Bool = true,
        kernelInitializer: Initializer = .glorotUniform, recurrentInitializer: Initializer = .orthogonal,
        biasInitializer: Initializer = .zeros, kernelRegularizer: Regularizer? = nil,
        recurrentRegularizer: Regularizer? = nil, biasRegularizer: Regularizer? = nil,
        kernelConstraint: Constraint? = nil, recurrentConstraint: Constraint? = nil,
        biasConstraint: Constraint? = nil, dropout: Float = 0, recurrentDropout: Float = 0,
        resetAfter: Bool = true, name: String? = nil
    ) {
        configuration = CellConfiguration(
            units: units, activation: activation, recurrentActivation: recurrentActivation, useBias: useBias,
            kernelInitializer: kernelInitializer, recurrentInitializer: recurrentInitializer,
            biasInitializer: biasInitializer, kernelRegularizer: kernelRegularizer,
            recurrentRegularizer: recurrentRegularizer, biasRegularizer: biasRegularizer,
            kernelConstraint: kernelConstraint, recurrentConstraint: recurrentConstraint,
            biasConstraint: biasConstraint, dropout: dropout, recurrentDropout: recurrentDropout)
        self.resetAfter = resetAfter
        self.name = name
    }

    init(_ configuration: CellConfiguration, resetAfter: Bool, name: String?) {
        (self.configuration, self.resetAfter, self.name) = (configuration, resetAfter, name)
    }

    public func copy() -> GRUCell? { GRUCell(configuration, resetAfter: resetAfter, name: name) }

    public func build(inputs: [Shape], _ context: inout BuildContext) throws -> [Shape] {
        try declare(
            inputs, gates: 3, bias: resetAfter ? [2, 3 * units] : [3 * units],
            configuration.biasInitializer, &context)
    }

    public func begin(_ pass: Pass) -> CellStep { step(sequence(pass)) }

    func sequence(_ pass: Pass) -> CellSequence { CellSequence(self, weights.random, pass) }

    func step(_ sequence: CellSequence) -> CellStep {
        resetAfter ? stepWithResetAfter(sequence) : stepWithResetBefore(sequence)
    }

    private func stepWithResetAfter(_ sequence: CellSequence) -> CellStep {
        { [self] x, states in
            let (x, h, dropped) = (sequence.dropout(x), states[0], sequence.recurrentDropout(states[0]))
            var inputs = x.matmul(sequence.kernel)
            var products = dropped.matmul(sequence.recurrentKernel)
            if let bias = sequence.bias { (inputs, products) = (inputs + bias[0], products + bias[1]) }
            let (a, u) = (gates(inputs), gates(products))
            let (z, zPullback) = configuration.recurrentActivation.forward(a[0] + u[0])
            let (r, rPullback) = configuration.recurrentActivation.forward(a[1] + u[1])
            let (new, newPullback) = configuration.activation.forward(a[2] + r * u[2])
            let output = z * h + (1 - z) * new
            return (
                output, [output],
                { [self] dOutput, dStates in
                    let dh = dOutput + dStates[0]
                    let dz = zPullback(dh * (h - new))
                    let dNew = newPullback(dh * (1 - z))
                    let dr = rPullback(dNew * u[2])
                    let gradient = Tensor.concatenated([dz, dr, dNew])
                    let productGradient = Tensor.concatenated([dz, dr, dNew * r])
                    kernel.accumulate(x, gradient)
                    recurrentKernel.accumulate(dropped, productGradient)
                    if configuration.useBias {
                        bias.accumulate(.stacked([gradient.sum(axis: 0), productGradient.sum(axis: 0)]))
                    }
                    let dx = gradient.matmul(sequence.kernel, transposingOther: true)
                    let back = productGradient.matmul(sequence.recurrentKernel, transposingOther: true)
                    return (sequence.dropout(dx), [sequence.recurrentDropout(back) + dh * z])
                }
            )
        }
    }

    private func stepWithResetBefore(_ sequence: CellSequence) -> CellStep {
        let parts = sequence.recurrentKernel.split([2 * units, units])
        let (gateKernel, newKernel) = (parts[0], parts[1])
        return { [self] x, states in
            let (x, h, dropped) = (sequence.dropout(x), states[0], sequence.recurrentDropout(states[0]))
            var inputs = x.matmul(sequence.kernel)
            if let bias = sequence.bias { inputs += bias }
            let a = gates(inputs)
            let u = dropped.matmul(gateKernel).split([units, units])
            let (z, zPullback) = configuration.recurrentActivation.forward(a[0] + u[0])
            let (r, rPullback) = configuration.recurrentActivation.forward(a[1] + u[1])
            let reset = r * dropped
            let (new, newPullback) = configuration.activation.forward(a[2] + reset.matmul(newKernel))
            let output = z * h + (1 - z) * new
            return (
                output, [output],
                { [self] dOutput, dStates in
                    let dh = dOutput + dStates[0]
                    let dz = zPullback(dh * (h - new))
                    let dNew = newPullback(dh * (1 - z))
                    let dReset = dNew.matmul(newKernel, transposingOther: true)
                    let dr = rPullback(dReset * dropped)
                    let gateGradient = Tensor.concatenated([dz, dr])
                    let gradient = Tensor.concatenated([gateGradient, dNew])
                    kernel.accumulate(x, gradient)
                    recurrentKernel.accumulate(
                        .concatenated([
                            dropped.matmul(gateGradient, transposingSelf: true),
                            reset.matmul(dNew, transposingSelf: true),
                        ]))
                    if configuration.useBias { bias.accumulate(gradient.sum(axis: 0)) }
                    let dx = gradient.matmul(sequence.kernel, transposingOther: true)
                    let back = dReset * r + gateGradient.matmul(gateKernel, transposingOther: true)
                    return (sequence.dropout(dx), [sequence.recurrentDropout(back) + dh * z])
                }
            )
        }
    }

    /// The parts of z, r and n.
    private func gates(_ sums: Tensor) -> [Tensor] { sums.split([units, units, units]) }
}
