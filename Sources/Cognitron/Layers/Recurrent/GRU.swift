/// A gated recurrent unit.
///
///     z, r = recurrentActivation(xₜ · kernel + b + hₜ₋₁ · recurrent_kernel + b′)
///     n = activation(xₜ · kernel + b + r · (hₜ₋₁ · recurrent_kernel + b′))
///     hₜ = z · hₜ₋₁ + (1 − z) · n;   outputₜ = hₜ
///
///     let last = GRU(64)(x)                             // (N, T, C) → (N, 64)
///
/// - Input shapes: `(N, T, inputs)`, optionally the first state `(N, units)` as a second input; output
///   shapes: see `RecurrentLayer`.
/// - Parameters: those of `GRUCell`.
/// - Throws: from `build`, a `CognitronError` where the input is no sequence of vectors or has no step, a
///   state does not fit, `units` is below 1 or a rate is not from 0 to below 1.
/// - Source: Keras `GRU`.
public final class GRU: UnitRecurrentLayer, Codable {
    public let cell: GRUCell
    public let options: SequenceOptions
    public let name: String?
    private let state = LayerState()
    public var states: [LayerState] { options.stateful ? [state] : [] }

    private enum CodingKeys: CodingKey { case cell, options, name }

    /// - Parameters:
    ///   - units: this and the others up to `recurrentDropout` are those of `GRUCell`.
    ///   - returnSequences: whether the outputs of all steps are given instead of the last one.
    ///   - returnState: whether the last state is a further output.
    ///   - goBackwards: whether the last time step is taken first; the outputs have the order of the steps.
    ///   - stateful: whether a batch starts with the state that the one before ended with.
    ///   - resetAfter: whether the reset gate r stands behind the product with the recurrent kernel instead
    ///     of before it, `(r · hₜ₋₁) · recurrent_kernel`, which has one bias and is slower.
    ///   - zeroOutputForMask: whether the output of a masked step is zero instead of the one before it.
    ///   - name: what messages, summaries and files call the layer; by default they number its type.
    public init(
        _ units: Int, activation: ActivationFunction = .tanh,
        recurrentActivation: ActivationFunction = .sigmoid, useBias: Bool = true,
        kernelInitializer: Initializer = .glorotUniform, recurrentInitializer: Initializer = .orthogonal,
        biasInitializer: Initializer = .zeros, kernelRegularizer: Regularizer? = nil,
        recurrentRegularizer: Regularizer? = nil, biasRegularizer: Regularizer? = nil,
        kernelConstraint: Constraint? = nil, recurrentConstraint: Constraint? = nil,
        biasConstraint: Constraint? = nil, dropout: Float = 0, recurrentDropout: Float = 0,
        returnSequences: Bool = false, returnState: Bool = false, goBackwards: Bool = false,
        stateful: Bool = false, resetAfter: Bool = true, zeroOutputForMask: Bool = false, name: String? = nil
    ) {
        cell = GRUCell(
            units, activation: activation, recurrentActivation: recurrentActivation, useBias: useBias,
            kernelInitializer: kernelInitializer,
            recurrentInitializer: recurrentInitializer, biasInitializer: biasInitializer,
            kernelRegularizer: kernelRegularizer, recurrentRegularizer: recurrentRegularizer,
            biasRegularizer: biasRegularizer, kernelConstraint: kernelConstraint,
            recurrentConstraint: recurrentConstraint, biasConstraint: biasConstraint, dropout: dropout,
            recurrentDropout: recurrentDropout, resetAfter: resetAfter)
        options = SequenceOptions(
            returnSequences: returnSequences, returnState: returnState, goBackwards: goBackwards,
            stateful: stateful, zeroOutputForMask: zeroOutputForMask)
        self.name = name
    }

    private init(_ cell: GRUCell, _ options: SequenceOptions) {
        (self.cell, self.options, name) = (cell, options, nil)
    }

    public func copy(_ options: SequenceOptions) -> GRU? {
        cell.copy().map { GRU($0, options) }
    }

    public func run(
        _ sequence: consuming Tensor, _ states: [Tensor], mask: Tensor?, _ options: SequenceOptions,
        _ pass: Pass
    ) -> SequenceRun {
        let constant = cell.sequence(pass)
        return cell.run(
            sequence, states, mask: mask, options, pass, constant,
            fused: cell.resetAfter && cell.configuration.hasUsualFunctions ? .gru : nil,
            step: cell.step(constant))
    }
}
