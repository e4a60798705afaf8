import CognitronKernels

/// Stochastic gradient descent, with momentum.
///
///     v ← momentum · v − learningRate · gradient
///     w ← w + v                            // nesterov: w + momentum · v − learningRate · gradient
///
/// `weightDecay` first takes learningRate · weightDecay · w off every weight.
///
/// - Source: Keras `SGD`; Sutskever et al., "On the importance of initialization and momentum in deep
///   learning" (2013).
public final class SGD: SlotOptimizer {
    public let state: OptimizerState
    public let momentum: Float
    public let nesterov: Bool
    public let weightDecay: Float

    /// - Parameters:
    ///   - learningRate: the step size, at least 0, or a schedule.
    ///   - momentum: the share of its speed that a weight keeps, from 0 to below 1.
    ///   - nesterov: whether the gradient's step is taken ahead of the gathered speed.
    ///   - weightDecay: how much every weight shrinks at a step, times the learning rate; at least 0.
    public convenience init(
        learningRate: Float = 0.01, momentum: Float = 0, nesterov: Bool = false, weightDecay: Float = 0
    ) {
        self.init(
            learningRate: .constant(learningRate), momentum: momentum, nesterov: nesterov,
            weightDecay: weightDecay)
    }

    /// Disfavored, so that a number in the source means the other initializer.
    @_disfavoredOverload
    public init(
        learningRate: LearningRate, momentum: Float = 0, nesterov: Bool = false, weightDecay: Float = 0
    ) {
        state = OptimizerState(learningRate: learningRate)
        self.momentum = momentum
        self.nesterov = nesterov
        self.weightDecay = weightDecay
    }

    public func validate() throws {
        try state.validate("SGD")
        try requireHyperparameter("SGD", "momentum", momentum, in: 0..<1)
        try requireHyperparameter("SGD", "weightDecay", weightDecay, in: 0..<(.infinity))
    }

    public func update(
        _ value: inout Tensor, gradient: Tensor, of parameter: Parameter, learningRate: Float
    ) {
        let rule = UpdateKernels.SGD(
            learningRate: learningRate, momentum: momentum, nesterov: nesterov, weightDecay: weightDecay)
        UpdateKernels.apply(
            rule, to: value.mutablePointer, gradient: gradient.pointer,
            velocity: momentum == 0 ? nil : state.slots[parameter, "velocity"].mutablePointer,
            count: gradient.count)
    }
}
