import CognitronKernels

/// Adam: steps scaled by running means of the gradient and of its square.
///
///     m ← m + (1 − beta1)(gradient − m)
///     v ← v + (1 − beta2)(gradient² − v)
///     w ← w − learningRate · √(1 − beta2ᵗ) / (1 − beta1ᵗ) · m / (√v + epsilon)
///
/// `amsgrad` divides by the largest v so far. `weightDecay` first subtracts learningRate · weightDecay · w.
///
/// t counts the steps of each parameter by itself, where Keras counts those of all together: the first step
/// of a parameter is as long as the learning rate, also in a second model and in a layer that is unfrozen
/// late.
///
/// - Source: Keras `Adam`; Kingma and Ba, "Adam: A Method for Stochastic Optimization" (2015); Reddi et al.,
///   "On the Convergence of Adam and Beyond" (2018).
public class Adam: SlotOptimizer {
    public let state: OptimizerState
    public let beta1: Float
    public let beta2: Float
    public let epsilon: Float
    public let amsgrad: Bool
    public let weightDecay: Float

    /// - Parameters:
    ///   - learningRate: the step size, at least 0, or a schedule.
    ///   - beta1: the share of the running mean that a step keeps, from 0 to below 1.
    ///   - beta2: the share of the running mean of squares that a step keeps, from 0 to below 1.
    ///   - epsilon: what is added to the divisor, at least 0.
    ///   - amsgrad: whether the largest mean of squares so far divides, not the present one.
    ///   - weightDecay: how much every weight shrinks at a step, times the learning rate; at least 0.
    ///   - clipnorm, clipvalue, globalClipnorm, useEma, emaMomentum, emaOverwriteFrequency,
    ///     gradientAccumulationSteps: see `OptimizerOptions`.
    public convenience init(
        learningRate: Float = 0.001, beta1: Float = 0.9, beta2: Float = 0.999, epsilon: Float = 1e-7,
        amsgrad: Bool = false, weightDecay: Float = 0, clipnorm: Float? = nil, clipvalue: Float? = nil,
        globalClipnorm: Float? = nil, useEma: Bool = false, emaMomentum: Float = 0.99,
        emaOverwriteFrequency: Int? = nil, gradientAccumulationSteps: Int? = nil
    ) {
        self.init(
            learningRate: .constant(learningRate), beta1: beta1, beta2: beta2, epsilon: epsilon,
            amsgrad: amsgrad, weightDecay: weightDecay, clipnorm: clipnorm, clipvalue: clipvalue,
            globalClipnorm: globalClipnorm, useEma: useEma, emaMomentum: emaMomentum,
            emaOverwriteFrequency: emaOverwriteFrequency, gradientAccumulationSteps: gradientAccumulationSteps
        )
    }

    /// Disfavored, so that a number in the source means the other initializer.
    @_disfavoredOverload
    public init(
        learningRate: LearningRate, beta1: Float = 0.9, beta2: Float = 0.999, epsilon: Float = 1e-7,
        amsgrad: Bool = false, weightDecay: Float = 0, clipnorm: Float? = nil, clipvalue: Float? = nil,
        globalClipnorm: Float? = nil, useEma: Bool = false, emaMomentum: Float = 0.99,
        emaOverwriteFrequency: Int? = nil, gradientAccumulationSteps: Int? = nil
    ) {
        self.beta1 = beta1
        self.beta2 = beta2
        self.epsilon = epsilon
        self.amsgrad = amsgrad
        self.weightDecay = weightDecay
        state = OptimizerState(
            learningRate: learningRate,
            OptimizerOptions(
                clipnorm: clipnorm, clipvalue: clipvalue, globalClipnorm: globalClipnorm, useEma: useEma,
                emaMomentum: emaMomentum, emaOverwriteFrequency: emaOverwriteFrequency,
                gradientAccumulationSteps: gradientAccumulationSteps))
    }

    public func validate() throws {
        let name = String(describing: Self.self)
        try state.validate(name)
        try requireHyperparameter(name, "beta1", beta1, in: 0..<1)
        try requireHyperparameter(name, "beta2", beta2, in: 0..<1)
        try requireHyperparameter(name, "epsilon", epsilon, in: 0..<(.infinity))
        try requireHyperparameter(name, "weightDecay", weightDecay, in: 0..<(.infinity))
    }

    public func update(
        _ value: inout Tensor, gradient: Tensor, of parameter: Parameter, learningRate: Float
    ) {
        let slots = state.slots[parameter]
        let rule = UpdateKernels.AdamStep(
            learningRate: learningRate, beta1: beta1, beta2: beta2, epsilon: epsilon,
            weightDecay: state.decay(weightDecay, of: parameter), step: slots.steps)
        value.take(
            rule, gradient, mean: slots["mean"], square: slots["square"],
            largestSquare: amsgrad ? slots["largestSquare"] : nil)
    }
}
