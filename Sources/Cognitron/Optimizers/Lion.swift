import CognitronKernels

/// Steps of one length: the sign of a mix of gradient and momentum.
///
///     w ← w − learningRate · sign(beta1 · m + (1 − beta1) · gradient)
///     m ← beta2 · m + (1 − beta2) · gradient
///
/// Suits learning rates of a third to a tenth of Adam's, and weight decays as many times larger.
/// `weightDecay` first subtracts learningRate · weightDecay · w.
///
/// - Source: Keras `Lion`; Chen et al., "Symbolic Discovery of Optimization Algorithms" (2023).
public final class Lion: SlotOptimizer {
    public let state: OptimizerState
    public let beta1: Float
    public let beta2: Float
    public let weightDecay: Float

    /// - Parameters:
    ///   - learningRate: the step size, at least 0, or a schedule.
    ///   - beta1: the share of the momentum in the direction, from 0 to below 1.
    ///   - beta2: the share of the momentum that a step keeps, from 0 to below 1.
    ///   - weightDecay: how much every weight shrinks at a step, times the learning rate; at least 0.
    ///   - clipnorm, clipvalue, globalClipnorm, useEma, emaMomentum, emaOverwriteFrequency,
    ///     gradientAccumulationSteps: see `OptimizerOptions`.
    public convenience init(
        learningRate: Float = 0.001, beta1: Float = 0.9, beta2: Float = 0.99, weightDecay: Float = 0,
        clipnorm: Float? = nil, clipvalue: Float? = nil, globalClipnorm: Float? = nil, useEma: Bool = false,
        emaMomentum: Float = 0.99, emaOverwriteFrequency: Int? = nil, gradientAccumulationSteps: Int? = nil
    ) {
        self.init(
            learningRate: .constant(learningRate), beta1: beta1, beta2: beta2, weightDecay: weightDecay,
            clipnorm: clipnorm, clipvalue: clipvalue, globalClipnorm: globalClipnorm, useEma: useEma,
            emaMomentum: emaMomentum, emaOverwriteFrequency: emaOverwriteFrequency,
            gradientAccumulationSteps: gradientAccumulationSteps)
    }

    /// Disfavored, so that a number in the source means the other initializer.
    @_disfavoredOverload
    public init(
        learningRate: LearningRate, beta1: Float = 0.9, beta2: Float = 0.99, weightDecay: Float = 0,
        clipnorm: Float? = nil, clipvalue: Float? = nil, globalClipnorm: Float? = nil, useEma: Bool = false,
        emaMomentum: Float = 0.99, emaOverwriteFrequency: Int? = nil, gradientAccumulationSteps: Int? = nil
    ) {
        self.beta1 = beta1
        self.beta2 = beta2
        self.weightDecay = weightDecay
        state = OptimizerState(
            learningRate: learningRate,
            OptimizerOptions(
                clipnorm: clipnorm, clipvalue: clipvalue, globalClipnorm: globalClipnorm, useEma: useEma,
                emaMomentum: emaMomentum, emaOverwriteFrequency: emaOverwriteFrequency,
                gradientAccumulationSteps: gradientAccumulationSteps))
    }

    public func validate() throws {
        try state.validate("Lion")
        try requireHyperparameter("Lion", "beta1", beta1, in: 0..<1)
        try requireHyperparameter("Lion", "beta2", beta2, in: 0..<1)
        try requireHyperparameter("Lion", "weightDecay", weightDecay, in: 0..<(.infinity))
    }

    public func update(
        _ value: inout Tensor, gradient: Tensor, of parameter: Parameter, learningRate: Float
    ) {
        let slots = state.slots[parameter]
        let rule = UpdateKernels.LionStep(
            learningRate: learningRate, beta1: beta1, beta2: beta2,
            weightDecay: state.decay(weightDecay, of: parameter))
        value.take(rule, gradient, mean: slots["mean"])
    }
}
