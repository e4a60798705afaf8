import CognitronKernels

/// Adam's direction, scaled for each parameter by the norm of its weights: for large batches.
///
///     m ← m + (1 − beta1)(gradient − m)
///     v ← v + (1 − beta2)(gradient² − v)
///     d = m / (1 − beta1ᵗ) / (√(v / (1 − beta2ᵗ)) + epsilon)
///     w ← w − learningRate · ‖w‖ / ‖d‖ · d              // the ratio is 1 where a norm is 0
///
/// t counts the steps of each parameter by itself. `weightDecay` first subtracts
/// learningRate · weightDecay · w.
///
/// - Source: Keras `Lamb`; You et al., "Large Batch Optimization for Deep Learning" (2020).
public final class Lamb: SlotOptimizer {
    public let state: OptimizerState
    public let beta1: Float
    public let beta2: Float
    public let epsilon: Float
    public let weightDecay: Float

    /// - Parameters:
    ///   - learningRate: the step size, at least 0, or a schedule.
    ///   - beta1: the share of the running mean that a step keeps, from 0 to below 1.
    ///   - beta2: the share of the running mean of squares that a step keeps, from 0 to below 1.
    ///   - epsilon: what is added to the divisor, at least 0.
    ///   - weightDecay: how much every weight shrinks at a step, times the learning rate; at least 0.
    ///   - clipnorm, clipvalue, globalClipnorm, useEma, emaMomentum, emaOverwriteFrequency,
    ///     gradientAccumulationSteps: see `OptimizerOptions`.
    public convenience init(
        learningRate: Float = 0.001, beta1: Float = 0.9, beta2: Float = 0.999, epsilon: Float = 1e-7,
        weightDecay: Float = 0, clipnorm: Float? = nil, clipvalue: Float? = nil, globalClipnorm: Float? = nil,
        useEma: Bool = false, emaMomentum: Float = 0.99, emaOverwriteFrequency: Int? = nil,
        gradientAccumulationSteps: Int? = nil
    ) {
        self.init(
            learningRate: .constant(learningRate), beta1: beta1, beta2: beta2, epsilon: epsilon,
            weightDecay: weightDecay, clipnorm: clipnorm, clipvalue: clipvalue,
            globalClipnorm: globalClipnorm, useEma: useEma, emaMomentum: emaMomentum,
            emaOverwriteFrequency: emaOverwriteFrequency, gradientAccumulationSteps: gradientAccumulationSteps
        )
    }

    /// Disfavored, so that a number in the source means the other initializer.
    @_disfavoredOverload
    public init(
        learningRate: LearningRate, beta1: Float = 0.9, beta2: Float = 0.999, epsilon: Float = 1e-7,
        weightDecay: Float = 0, clipnorm: Float? = nil, clipvalue: Float? = nil, globalClipnorm: Float? = nil,
        useEma: Bool = false, emaMomentum: Float = 0.99, emaOverwriteFrequency: Int? = nil,
        gradientAccumulationSteps: Int? = nil
    ) {
        self.beta1 = beta1
        self.beta2 = beta2
        self.epsilon = epsilon
        self.weightDecay = weightDecay
        state = OptimizerState(
            learningRate: learningRate,
            OptimizerOptions(
                clipnorm: clipnorm, clipvalue: clipvalue, globalClipnorm: globalClipnorm, useEma: useEma,
                emaMomentum: emaMomentum, emaOverwriteFrequency: emaOverwriteFrequency,
                gradientAccumulationSteps: gradientAccumulationSteps))
    }

    public func validate() throws {
        try state.validate("Lamb")
        try requireHyperparameter("Lamb", "beta1", beta1, in: 0..<1)
        try requireHyperparameter("Lamb", "beta2", beta2, in: 0..<1)
        try requireHyperparameter("Lamb", "epsilon", epsilon, in: 0..<(.infinity))
        try requireHyperparameter("Lamb", "weightDecay", weightDecay, in: 0..<(.infinity))
    }

    public func update(
        _ value: inout Tensor, gradient: Tensor, of parameter: Parameter, learningRate: Float
    ) {
        let slots = state.slots[parameter]
        let rule = UpdateKernels.LambStep(
            beta1: beta1, beta2: beta2, epsilon: epsilon,
            keep: 1 - learningRate * state.decay(weightDecay, of: parameter),
            step: slots.steps)
        let direction = value.direction(
            rule, gradient, mean: slots["mean"], square: slots["square"])
        let (size, length) = (value.sumOfSquares.squareRoot(), direction.sumOfSquares.squareRoot())
        let ratio = size > 0 && length > 0 ? Float(size / length) : 1
        value.subtract(direction, times: ratio * learningRate)
    }
}
