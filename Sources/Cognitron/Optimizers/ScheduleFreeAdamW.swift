import CognitronKernels

/// AdamW that needs no schedule: the weights lie between an iterate z, which takes the steps, and the mean x
/// of all iterates.
///
///     v ← v + (1 − beta2)(gradient² − v)
///     z ← z − learningRate · gradient / (√(v / (1 − beta2ᵗ)) + epsilon)
///     x ← x + (z − x) / t
///     w ← beta1 · x + (1 − beta1) · z
///
/// x is not stored but computed from w and z. During the first `warmupSteps` the rate is
/// learningRate · t / warmupSteps. t counts the steps of each parameter by itself. `weightDecay` first
/// subtracts learningRate · weightDecay · w. As in Keras the model is measured and saved with the weights w
/// of the training, not with x.
///
/// - Source: Keras `ScheduleFreeAdamW`; Defazio et al., "The Road Less Scheduled" (2024).
public final class ScheduleFreeAdamW: SlotOptimizer {
    public let state: OptimizerState
    public let beta1: Float
    public let beta2: Float
    public let epsilon: Float
    public let warmupSteps: Int
    public let weightDecay: Float

    /// - Parameters:
    ///   - learningRate: the step size, at least 0, or a schedule.
    ///   - beta1: the share of the mean x in the weights, above 0 and below 1.
    ///   - beta2: the share of the running mean of squares that a step keeps, from 0 to below 1.
    ///   - epsilon: what is added to the divisor, at least 0.
    ///   - warmupSteps: steps during which the rate grows from 0; at least 0.
    ///   - weightDecay: how much every weight shrinks at a step, times the learning rate; at least 0.
    ///   - clipnorm, clipvalue, globalClipnorm, useEma, emaMomentum, emaOverwriteFrequency,
    ///     gradientAccumulationSteps: see `OptimizerOptions`.
    public convenience init(
        learningRate: Float = 0.0025, beta1: Float = 0.9, beta2: Float = 0.999, epsilon: Float = 1e-8,
        warmupSteps: Int = 0, weightDecay: Float = 0, clipnorm: Float? = nil, clipvalue: Float? = nil,
        globalClipnorm: Float? = nil, useEma: Bool = false, emaMomentum: Float = 0.99,
        emaOverwriteFrequency: Int? = nil, gradientAccumulationSteps: Int? = nil
    ) {
        self.init(
            learningRate: .constant(learningRate), beta1: beta1, beta2: beta2, epsilon: epsilon,
            warmupSteps: warmupSteps, weightDecay: weightDecay, clipnorm: clipnorm, clipvalue: clipvalue,
            globalClipnorm: globalClipnorm, useEma: useEma, emaMomentum: emaMomentum,
            emaOverwriteFrequency: emaOverwriteFrequency, gradientAccumulationSteps: gradientAccumulationSteps
        )
    }

    /// Disfavored, so that a number in the source means the other initializer.
    @_disfavoredOverload
    public init(
        learningRate: LearningRate, beta1: Float = 0.9, beta2: Float = 0.999, epsilon: Float = 1e-8,
        warmupSteps: Int = 0, weightDecay: Float = 0, clipnorm: Float? = nil, clipvalue: Float? = nil,
        globalClipnorm: Float? = nil, useEma: Bool = false, emaMomentum: Float = 0.99,
        emaOverwriteFrequency: Int? = nil, gradientAccumulationSteps: Int? = nil
    ) {
        self.beta1 = beta1
        self.beta2 = beta2
        self.epsilon = epsilon
        self.warmupSteps = warmupSteps
        self.weightDecay = weightDecay
        state = OptimizerState(
            learningRate: learningRate,
            OptimizerOptions(
                clipnorm: clipnorm, clipvalue: clipvalue, globalClipnorm: globalClipnorm, useEma: useEma,
                emaMomentum: emaMomentum, emaOverwriteFrequency: emaOverwriteFrequency,
                gradientAccumulationSteps: gradientAccumulationSteps))
    }

    public func validate() throws {
        try state.validate("ScheduleFreeAdamW")
        try requireHyperparameter("ScheduleFreeAdamW", "beta1", beta1, in: 0..<1)
        guard beta1 > 0 else {
            throw CognitronError(
                .argument, "ScheduleFreeAdamW", "invalid beta1", expected: "a number above 0 and below 1",
                got: beta1.text)
        }
        try requireHyperparameter("ScheduleFreeAdamW", "beta2", beta2, in: 0..<1)
        try requireHyperparameter("ScheduleFreeAdamW", "epsilon", epsilon, in: 0..<(.infinity))
        try requireSteps("ScheduleFreeAdamW", "warmupSteps", warmupSteps, atLeast: 0)
        try requireHyperparameter("ScheduleFreeAdamW", "weightDecay", weightDecay, in: 0..<(.infinity))
    }

    public func update(
        _ value: inout Tensor, gradient: Tensor, of parameter: Parameter, learningRate: Float
    ) {
        let slots = state.slots[parameter]
        let step = slots.steps
        let share = warmupSteps > 0 ? min(1, Float(step) / Float(warmupSteps)) : 1
        let rule = UpdateKernels.ScheduleFreeAdamWStep(
            learningRate: learningRate * share, beta1: beta1, beta2: beta2, epsilon: epsilon,
            keep: 1 - learningRate * state.decay(weightDecay, of: parameter), step: step)
        value.take(
            rule, gradient, iterate: slots.slot("iterate", copying: value),
            square: slots["square"])
    }
}
