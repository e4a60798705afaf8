import CognitronKernels

/// Stochastic gradient descent, with momentum.
///
///     v ← momentum · v − learningRate · gradient
///     w ← w + v                            // nesterov: w + momentum · v − learningRate · gradient
///
/// `weightDecay` first subtracts learningRate · weightDecay · w from every weight. `l2` adds l2 · w to the
/// gradient instead, so that the decay has momentum too.
///
/// - Source: Keras `SGD`; `l2` is PyTorch's `weight_decay`; Sutskever et al., "On the importance of
///   initialization and momentum in deep learning" (2013).
public final class SGD: SlotOptimizer {
    public let state: OptimizerState
    public let momentum: Float
    public let nesterov: Bool
    public let weightDecay: Float
    public let l2: Float

    /// - Parameters:
    ///   - learningRate: the step size, at least 0, or a schedule.
    ///   - momentum: the share of the velocity that a step keeps, from 0 to below 1.
    ///   - nesterov: whether the step looks ahead along the velocity.
    ///   - weightDecay: how much every weight shrinks at a step, times the learning rate; at least 0.
    ///   - clipnorm, clipvalue, globalClipnorm, useEma, emaMomentum, emaOverwriteFrequency,
    ///     gradientAccumulationSteps: see `OptimizerOptions`.
    ///   - l2: the share of every weight that is added to its gradient, at least 0.
    public convenience init(
        learningRate: Float = 0.01, momentum: Float = 0, nesterov: Bool = false, weightDecay: Float = 0,
        clipnorm: Float? = nil, clipvalue: Float? = nil, globalClipnorm: Float? = nil, useEma: Bool = false,
        emaMomentum: Float = 0.99, emaOverwriteFrequency: Int? = nil, gradientAccumulationSteps: Int? = nil,
        l2: Float = 0
    ) {
        self.init(
            learningRate: .constant(learningRate), momentum: momentum, nesterov: nesterov,
            weightDecay: weightDecay, clipnorm: clipnorm, clipvalue: clipvalue,
            globalClipnorm: globalClipnorm, useEma: useEma, emaMomentum: emaMomentum,
            emaOverwriteFrequency: emaOverwriteFrequency,
            gradientAccumulationSteps: gradientAccumulationSteps, l2: l2)
    }

    /// Disfavored, so that a number in the source means the other initializer.
    @_disfavoredOverload
    public init(
        learningRate: LearningRate, momentum: Float = 0, nesterov: Bool = false, weightDecay: Float = 0,
        clipnorm: Float? = nil, clipvalue: Float? = nil, globalClipnorm: Float? = nil, useEma: Bool = false,
        emaMomentum: Float = 0.99, emaOverwriteFrequency: Int? = nil, gradientAccumulationSteps: Int? = nil,
        l2: Float = 0
    ) {
        self.momentum = momentum
        self.nesterov = nesterov
        self.weightDecay = weightDecay
        self.l2 = l2
        state = OptimizerState(
            learningRate: learningRate,
            OptimizerOptions(
                clipnorm: clipnorm, clipvalue: clipvalue, globalClipnorm: globalClipnorm, useEma: useEma,
                emaMomentum: emaMomentum, emaOverwriteFrequency: emaOverwriteFrequency,
                gradientAccumulationSteps: gradientAccumulationSteps))
    }

    public func validate() throws {
        try state.validate("SGD")
        try requireHyperparameter("SGD", "momentum", momentum, in: 0..<1)
        try requireHyperparameter("SGD", "weightDecay", weightDecay, in: 0..<(.infinity))
        try requireHyperparameter("SGD", "l2", l2, in: 0..<(.infinity))
    }

    public func update(
        _ value: inout Tensor, gradient: Tensor, of parameter: Parameter, learningRate: Float
    ) {
        let penalty = state.decay(l2, of: parameter)
        let gradient = penalty == 0 ? gradient : gradient + value * penalty
        let rule = UpdateKernels.SGDStep(
            learningRate: learningRate, momentum: momentum, nesterov: nesterov,
            weightDecay: state.decay(weightDecay, of: parameter))
        value.take(rule, gradient, velocity: momentum == 0 ? nil : state.slots[parameter]["velocity"])
    }
}
