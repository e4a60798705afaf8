/// A convolutional long short-term memory for sequences of pictures.
///
///     i, f, o = recurrentActivation(xₜ ∗ kernel + hₜ₋₁ ∗ recurrent_kernel + bias);   g = activation(…)
///     cₜ = f · cₜ₋₁ + i · g;   hₜ = o · activation(cₜ);   outputₜ = hₜ
///
/// The convolution of the state keeps its size (`.same`, stride 1).
///
/// - Input shapes: `(N, T, H, W, C)`, optionally the first states h and c `(N, OH, OW, filters)`; output
///   shapes: see `RecurrentLayer`.
/// - Parameters: `kernel (KH, KW, C, 4 · filters)`, `recurrent_kernel (KH, KW, filters, 4 · filters)`, `bias
///   (4 · filters)` unless `useBias` is false, each with the gates in the order i, f, c, o.
/// - Throws: from `build`, a `CognitronError` where the input is no sequence of pictures or has no step, the
///   kernel does not fit, a state does not fit, an argument is below 1 or a rate not from 0 to below 1.
/// - Source: Keras `ConvLSTM2D`.
public final class ConvLSTM2D: ConvolutionalRecurrentLayer, Codable {
    public let cell: ConvLSTMCell
    public let options: SequenceOptions
    public let name: String?
    private let hState = LayerState()
    private let cState = LayerState()
    public var states: [LayerState] { options.stateful ? [hState, cState] : [] }

    private enum CodingKeys: CodingKey { case cell, options, name }

    /// - Parameters:
    ///   - filters: the channels of each state, at least 1.
    ///   - kernelSize: the rows and columns that a filter sees: one number for both, or `[height, width]`.
    ///   - strides: the steps from one window on the input to the next.
    ///   - padding: what is beyond the edges of the input.
    ///   - dilationRate: the distance between neighbours under the kernel on the input.
    ///   - activation: this and the others are those of `LSTM`.
    public init(
        _ filters: Int, kernelSize: some Size2DConvertible, strides: some Size2DConvertible = 1,
        padding: Padding = .valid, dilationRate: some Size2DConvertible = 1,
        activation: ActivationFunction = .tanh, recurrentActivation: ActivationFunction = .sigmoid,
        useBias: Bool = true, kernelInitializer: Initializer = .glorotUniform,
        recurrentInitializer: Initializer = .orthogonal, biasInitializer: Initializer = .zeros,
        unitForgetBias: Bool = true, kernelRegularizer: Regularizer? = nil,
        recurrentRegularizer: Regularizer? = nil, biasRegularizer: Regularizer? = nil,
        kernelConstraint: Constraint? = nil, recurrentConstraint: Constraint? = nil,
        biasConstraint: Constraint? = nil, dropout: Float = 0, recurrentDropout: Float = 0,
        returnSequences: Bool = false, returnState: Bool = false, goBackwards: Bool = false,
        stateful: Bool = false, zeroOutputForMask: Bool = false, name: String? = nil
    ) {
        cell = ConvLSTMCell(
            CellConfiguration(
                units: filters, activation: activation, recurrentActivation: recurrentActivation,
                useBias: useBias, kernelInitializer: kernelInitializer,
                recurrentInitializer: recurrentInitializer, biasInitializer: biasInitializer,
                kernelRegularizer: kernelRegularizer, recurrentRegularizer: recurrentRegularizer,
                biasRegularizer: biasRegularizer, kernelConstraint: kernelConstraint,
                recurrentConstraint: recurrentConstraint, biasConstraint: biasConstraint, dropout: dropout,
                recurrentDropout: recurrentDropout),
            unitForgetBias: unitForgetBias, rank: 2, kernelSize: kernelSize.windowSize(rank: 2),
            strides: strides.windowSize(rank: 2), padding: padding,
            dilationRate: dilationRate.windowSize(rank: 2))
        options = SequenceOptions(
            returnSequences: returnSequences, returnState: returnState, goBackwards: goBackwards,
            stateful: stateful, zeroOutputForMask: zeroOutputForMask)
        self.name = name
    }

    private init(_ cell: ConvLSTMCell, _ options: SequenceOptions) {
        (self.cell, self.options, name) = (cell, options, nil)
    }

    public func copy(_ options: SequenceOptions) -> ConvLSTM2D? {
        cell.copy().map { ConvLSTM2D($0, options) }
    }
}
