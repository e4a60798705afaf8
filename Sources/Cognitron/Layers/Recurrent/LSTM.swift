/// A long short-term memory.
///
///     i, f, o = recurrentActivation(xₜ · kernel + hₜ₋₁ · recurrent_kernel + bias);   g = activation(…)
///     cₜ = f · cₜ₋₁ + i · g;   hₜ = o · activation(cₜ);   outputₜ = hₜ
///
///     let last = LSTM(64)(x)                            // (N, T, C) → (N, 64)
///     let outputs = LSTM(64, returnSequences: true, returnState: true).outputs(of: x)
///     let (sequence, h, c) = (outputs[0], outputs[1], outputs[2])
///     let decoded = LSTM(64)(y, h, c)                   // starts with these states
///
/// - Input shapes: `(N, T, inputs)`, optionally the first states h and c `(N, units)` as
///   further inputs; output shapes: see `RecurrentLayer`.
/// - Parameters: those of `LSTMCell`.
/// - Throws: from `build`, a `CognitronError` where the input is no sequence of vectors or has no step, a
///   state does not fit, `units` is below 1 or a rate is not from 0 to below 1.
/// - Source: Keras `LSTM`.
public final class LSTM: UnitRecurrentLayer, Codable {
    public let cell: LSTMCell
    public let options: SequenceOptions
    public let name: String?
    private let hState = LayerState()
    private let cState = LayerState()
    public var states: [LayerState] { options.stateful ? [hState, cState] : [] }

    private enum CodingKeys: CodingKey { case cell, options, name }

    /// - Parameters:
    ///   - units: this and the others up to `recurrentDropout` are those of `LSTMCell`.
    ///   - returnSequences: whether the outputs of all steps are given instead of the last one.
    ///   - returnState: whether the last h and c are further outputs.
    ///   - goBackwards: whether the last time step is taken first; the outputs have the order of the steps.
    ///   - stateful: whether a batch starts with the states that the one before ended with.
    ///   - zeroOutputForMask: whether the output of a masked step is zero instead of the one before it.
    ///   - name: what messages, summaries and files call the layer; by default they number its type.
    public init(
        _ units: Int, activation: ActivationFunction = .tanh,
        recurrentActivation: ActivationFunction = .sigmoid, useBias: Bool = true,
        kernelInitializer: Initializer = .glorotUniform, recurrentInitializer: Initializer = .orthogonal,
        biasInitializer: Initializer = .zeros, unitForgetBias: Bool = true,
        kernelRegularizer: Regularizer? = nil,
        recurrentRegularizer: Regularizer? = nil, biasRegularizer: Regularizer? = nil,
        kernelConstraint: Constraint? = nil, recurrentConstraint: Constraint? = nil,
        biasConstraint: Constraint? = nil, dropout: Float = 0, recurrentDropout: Float = 0,
        returnSequences: Bool = false, returnState: Bool = false, goBackwards: Bool = false,
        stateful: Bool = false, zeroOutputForMask: Bool = false, name: String? = nil
    ) {
        cell = LSTMCell(
            units, activation: activation, recurrentActivation: recurrentActivation, useBias: useBias,
            kernelInitializer: kernelInitializer,
            recurrentInitializer: recurrentInitializer, biasInitializer: biasInitializer,
            unitForgetBias: unitForgetBias, kernelRegularizer: kernelRegularizer,
            recurrentRegularizer: recurrentRegularizer,
            biasRegularizer: biasRegularizer, kernelConstraint: kernelConstraint,
            recurrentConstraint: recurrentConstraint, biasConstraint: biasConstraint, dropout: dropout,
            recurrentDropout: recurrentDropout)
        options = SequenceOptions(
            returnSequences: returnSequences, returnState: returnState, goBackwards: goBackwards,
            stateful: stateful, zeroOutputForMask: zeroOutputForMask)
        self.name = name
    }

    private init(_ cell: LSTMCell, _ options: SequenceOptions) {
        (self.cell, self.options, name) = (cell, options, nil)
    }

    public func copy(_ options: SequenceOptions) -> LSTM? {
        cell.copy().map { LSTM($0, options) }
    }

    public func run(
        _ sequence: consuming Tensor, _ states: [Tensor], mask: Tensor?, _ options: SequenceOptions,
        _ pass: Pass
    ) -> SequenceRun {
        let constant = cell.sequence(pass)
        return cell.run(
            sequence, states, mask: mask, options, pass, constant,
            fused: cell.configuration.hasUsualFunctions ? .lstm : nil, step: cell.step(constant))
    }
}
