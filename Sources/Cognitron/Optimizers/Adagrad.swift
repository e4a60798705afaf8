import CognitronKernels

/// Steps divided by the root of the sum of all past squared gradients.
///
///     a ← a + gradient²                    // a starts at initialAccumulatorValue
///     w ← w − learningRate · gradient / √(a + epsilon)
///
/// Parameters that seldom have a gradient take longer steps. `weightDecay` first subtracts
/// learningRate · weightDecay · w.
///
/// - Source: Keras `Adagrad`; Duchi et al., "Adaptive Subgradient Methods for Online Learning and Stochastic
///   Optimization" (2011).
public final class Adagrad: SlotOptimizer {
    public let state: OptimizerState
    public let initialAccumulatorValue: Float
    public let epsilon: Float
    public let weightDecay: Float

    /// - Parameters:
    ///   - learningRate: the step size, at least 0, or a schedule.
    ///   - initialAccumulatorValue: what the sum of squares starts at, at least 0.
    ///   - epsilon: what is added below the root, at least 0.
    ///   - weightDecay: how much every weight shrinks at a step, times the learning rate; at least 0.
    ///   - clipnorm, clipvalue, globalClipnorm, useEma, emaMomentum, emaOverwriteFrequency,
    ///     gradientAccumulationSteps: see `OptimizerOptions`.
    public convenience init(
        learningRate: Float = 0.001, initialAccumulatorValue: Float = 0.1, epsilon: Float = 1e-7,
        weightDecay: Float = 0, clipnorm: Float? = nil, clipvalue: Float? = nil, globalClipnorm: Float? = nil,
        useEma: Bool = false, emaMomentum: Float = 0.99, emaOverwriteFrequency: Int? = nil,
        gradientAccumulationSteps: Int? = nil
    ) {
        self.init(
            learningRate: .constant(learningRate), initialAccumulatorValue: initialAccumulatorValue,
            epsilon: epsilon, weightDecay: weightDecay, clipnorm: clipnorm, clipvalue: clipvalue,
            globalClipnorm: globalClipnorm, useEma: useEma, emaMomentum: emaMomentum,
            emaOverwriteFrequency: emaOverwriteFrequency, gradientAccumulationSteps: gradientAccumulationSteps
        )
    }

    /// Disfavored, so that a number in the source means the other initializer.
    @_disfavoredOverload
    public init(
        learningRate: LearningRate, initialAccumulatorValue: Float = 0.1, epsilon: Float = 1e-7,
        weightDecay: Float = 0, clipnorm: Float? = nil, clipvalue: Float? = nil, globalClipnorm: Float? = nil,
        useEma: Bool = false, emaMomentum: Float = 0.99, emaOverwriteFrequency: Int? = nil,
        gradientAccumulationSteps: Int? = nil
    ) {
        self.initialAccumulatorValue = initialAccumulatorValue
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
        try state.validate("Adagrad")
        try requireHyperparameter(
            "Adagrad", "initialAccumulatorValue", initialAccumulatorValue, in: 0..<(.infinity))
        try requireHyperparameter("Adagrad", "epsilon", epsilon, in: 0..<(.infinity))
        try requireHyperparameter("Adagrad", "weightDecay", weightDecay, in: 0..<(.infinity))
    }

    public func update(
        _ value: inout Tensor, gradient: Tensor, of parameter: Parameter, learningRate: Float
    ) {
        let slots = state.slots[parameter]
        let rule = UpdateKernels.AdagradStep(
            learningRate: learningRate, epsilon: epsilon, weightDecay: state.decay(weightDecay, of: parameter)
        )
        value.take(
            rule, gradient,
            accumulator: slots.slot("accumulator", initial: initialAccumulatorValue))
    }
}
