/// What `SimpleRNNCell`, `LSTMCell` and `GRUCell` are made with; their initializers explain each.
public struct CellConfiguration: Sendable, Codable {
    public internal(set) var units: Int
    public internal(set) var activation: ActivationFunction
    /// Of the gates; not read by `SimpleRNNCell`.
    public internal(set) var recurrentActivation = ActivationFunction.sigmoid
    public internal(set) var useBias: Bool
    public internal(set) var kernelInitializer: Initializer
    public internal(set) var recurrentInitializer: Initializer
    public internal(set) var biasInitializer: Initializer
    public internal(set) var kernelRegularizer: Regularizer?
    public internal(set) var recurrentRegularizer: Regularizer?
    public internal(set) var biasRegularizer: Regularizer?
    public internal(set) var kernelConstraint: Constraint?
    public internal(set) var recurrentConstraint: Constraint?
    public internal(set) var biasConstraint: Constraint?
    public internal(set) var dropout: Float
    public internal(set) var recurrentDropout: Float
}

/// The parameters and random numbers of a cell with one kernel for the input and one for the state.
final class CellWeights: Sendable {
    let kernel = Parameter()
    let recurrentKernel = Parameter()
    let bias = Parameter()
    let random = RandomStream()
}

/// A cell of units that a kernel, a recurrent kernel and a bias describe: `SimpleRNNCell`, `LSTMCell`,
/// `GRUCell`.
///
/// - Parameters: `kernel (inputs, gates · units)`, `recurrent_kernel (units, gates · units)`, and `bias`
///   unless `useBias` is false.
public protocol UnitCell: RecurrentCell {
    var configuration: CellConfiguration { get }
    var kernel: Parameter { get }
    var recurrentKernel: Parameter { get }
    var bias: Parameter { get }
}

extension UnitCell {
    public var units: Int { configuration.units }
    public var parameters: [Parameter] {
        configuration.useBias ? [kernel, recurrentKernel, bias] : [kernel, recurrentKernel]
    }

    public func stateShapes(_ input: Shape) -> [Shape] {
        Array(repeating: [configuration.units], count: stateCount)
    }

    public func forward(
        inputs: consuming [Tensor], _ pass: Pass
    ) -> (outputs: [Tensor], pullback: MultiPullback) {
        step(inputs: inputs, pass)
    }

    public func multiplyAdds(inputs: [Shape], outputs: [Shape]) -> Int {
        kernel.shape.elementCount + recurrentKernel.shape.elementCount
    }

    /// Declares the parameters and checks the arguments.
    func declare(
        _ inputs: [Shape], gates: Int, bias shape: Shape, _ biasInitializer: Initializer,
        _ context: inout BuildContext
    ) throws -> [Shape] {
        let c = configuration
        try context.require("units", c.units)
        try context.require(c.activation)
        try context.require(c.recurrentActivation)
        try context.requireRate("dropout", c.dropout)
        try context.requireRate("recurrentDropout", c.recurrentDropout)
        guard inputs[0].rank == 1, inputs[0][0] > 0 else {
            throw context.error(
                .shape, "needs numbers along one axis at each step", expected: "(inputs)",
                got: "\(inputs[0])",
                advice: "flatten what each step holds: TimeDistributed(Flatten())")
        }
        try requireStates(inputs, context)
        try context.declare(
            kernel, "kernel", [inputs[0][0], gates * c.units], c.kernelInitializer,
            regularizer: c.kernelRegularizer, constraint: c.kernelConstraint)
        try context.declare(
            recurrentKernel, "recurrent_kernel", [c.units, gates * c.units], c.recurrentInitializer,
            regularizer: c.recurrentRegularizer, constraint: c.recurrentConstraint)
        if c.useBias {
            try context.declare(
                bias, "bias", shape, biasInitializer, regularizer: c.biasRegularizer,
                constraint: c.biasConstraint)
        }
        return Array(repeating: [c.units], count: 1 + stateCount)
    }
}
