/// One step of a convolutional long short-term memory: `LSTMCell` with convolutions instead of products.
///
///     i, f, o = recurrentActivation(x ∗ kernel + h ∗ recurrent_kernel + bias);   g = activation(…)
///     c′ = f · c + i · g;   h′ = o · activation(c′);   output = h′
///
/// - Source: Shi et al., "Convolutional LSTM Network: A Machine Learning Approach for Precipitation
///   Nowcasting" (2015).
public final class ConvLSTMCell: RecurrentCell, Codable {
    public let configuration: CellConfiguration
    public let unitForgetBias: Bool
    public let kernelSize: WindowSize
    public let strides: WindowSize
    public let padding: Padding
    public let dilationRate: WindowSize
    /// The axes that the kernel slides over: 1 of sequences, 2 of images.
    public let rank: Int
    public var name: String? { nil }

    private let input: GateConvolution
    private let state: GateConvolution
    private let random = RandomStream()
    public var kernel: Parameter { input.kernel }
    public var recurrentKernel: Parameter { state.kernel }
    public var bias: Parameter { input.bias }
    public var parameters: [Parameter] {
        configuration.useBias ? [kernel, recurrentKernel, bias] : [kernel, recurrentKernel]
    }
    public var randomStreams: [RandomStream] { [random] }
    public var stateCount: Int { 2 }

    private enum CodingKeys: CodingKey {
        case configuration, unitForgetBias, kernelSize, strides, padding, dilationRate, rank
    }

    init(
        _ configuration: CellConfiguration, unitForgetBias: Bool, rank: Int, kernelSize: WindowSize,
        strides: WindowSize, padding: Padding, dilationRate: WindowSize
    ) {
        self.configuration = configuration
        self.unitForgetBias = unitForgetBias
        (self.rank, self.kernelSize, self.strides) = (rank, kernelSize, strides)
        (self.padding, self.dilationRate) = (padding, dilationRate)
        let (gates, ones) = (4 * configuration.units, 1.windowSize(rank: rank))
        input = GateConvolution(
            gates,
            .kernel(
                rank: rank, kernelSize, strides: strides, dilationRate: dilationRate, padding: padding),
            useBias: configuration.useBias)
        state = GateConvolution(
            gates, .kernel(rank: rank, kernelSize, strides: ones, dilationRate: ones, padding: .same),
            useBias: false)
    }

    public convenience init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            try container.decode(CellConfiguration.self, forKey: .configuration),
            unitForgetBias: try container.decode(Bool.self, forKey: .unitForgetBias),
            rank: try container.decode(Int.self, forKey: .rank),
            kernelSize: try container.decode(WindowSize.self, forKey: .kernelSize),
            strides: try container.decode(WindowSize.self, forKey: .strides),
            padding: try container.decode(Padding.self, forKey: .padding),
            dilationRate: try container.decode(WindowSize.self, forKey: .dilationRate))
    }

    public func copy() -> ConvLSTMCell? {
        ConvLSTMCell(
            configuration, unitForgetBias: unitForgetBias, rank: rank, kernelSize: kernelSize,
            strides: strides, padding: padding, dilationRate: dilationRate)
    }

    public func stateShapes(_ input: Shape) -> [Shape] {
        let state = self.input.outputShape(input).replacingLast(with: configuration.units)
        return [state, state]
    }

    public func build(inputs: [Shape], _ context: inout BuildContext) throws -> [Shape] {
        let c = configuration
        guard (1...2).contains(rank) else {
            throw context.error(.argument, "invalid rank", expected: "1 or 2", got: "\(rank)")
        }
        try context.require("filters", c.units)
        try context.require(c.activation)
        try context.require(c.recurrentActivation)
        try context.requireRate("dropout", c.dropout)
        try context.requireRate("recurrentDropout", c.recurrentDropout)
        _ = try input.build(inputs[0], &context)
        try requireStates(inputs, context)
        try context.declare(
            kernel, "kernel", input.kernelShape(channels: inputs[0][rank]), c.kernelInitializer,
            regularizer: c.kernelRegularizer, constraint: c.kernelConstraint)
        try context.declare(
            recurrentKernel, "recurrent_kernel", state.kernelShape(channels: c.units), c.recurrentInitializer,
            regularizer: c.recurrentRegularizer, constraint: c.recurrentConstraint)
        if c.useBias {
            let first = c.biasInitializer
            try context.declare(
                bias, "bias", [4 * c.units],
                unitForgetBias ? Initializer(UnitForgetBias(initializer: first)) : first,
                regularizer: c.biasRegularizer, constraint: c.biasConstraint)
        }
        let states = stateShapes(inputs[0])
        return [states[0]] + states
    }

    public func forward(
        inputs: consuming [Tensor], _ pass: Pass
    ) -> (outputs: [Tensor], pullback: MultiPullback) {
        step(inputs: inputs, pass)
    }

    public func begin(_ pass: Pass) -> CellStep {
        func dropout(_ rate: Float) -> RecurrentDropout? {
            pass.isTraining && rate > 0 ? RecurrentDropout(random.next(), rate: rate) : nil
        }
        let (inputDropout, stateDropout) = (
            dropout(configuration.dropout), dropout(configuration.recurrentDropout)
        )
        let gates = LSTMGates(
            activation: configuration.activation, recurrentActivation: configuration.recurrentActivation)
        let statePass = pass.needingInputGradient(true)
        return { [input, state] x, states in
            let (a, inputPullback) = input.convolve(inputDropout(x), pass)
            let (u, statePullback) = state.convolve(stateDropout(states[0]), statePass)
            let (output, cell, gatesPullback) = gates.forward(a + u, states[1])
            return (
                output, [output, cell],
                { dOutput, dStates in
                    let (gradient, dCell) = gatesPullback(dOutput + dStates[0], dStates[1])
                    let dx = inputPullback(gradient)
                    return (
                        pass.needsInputGradient ? inputDropout(dx) : x,
                        [stateDropout(statePullback(gradient)), dCell]
                    )
                }
            )
        }
    }

    public func multiplyAdds(inputs: [Shape], outputs: [Shape]) -> Int {
        input.geometry(inputs[0].batched(1)).multiplyAdds + state.geometry(outputs[0].batched(1)).multiplyAdds
    }
}
