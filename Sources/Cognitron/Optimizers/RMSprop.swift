import CognitronKernels

/// Steps divided by a running root mean square of the gradient.
///
///     v ← rho · v + (1 − rho) · gradient²
///     w ← w − learningRate · gradient / √(v + epsilon)
///
/// With `centered` the square of the mean gradient is subtracted from v; with `momentum` the steps are
/// accumulated. `weightDecay` first subtracts learningRate · weightDecay · w.
///
/// - Source: Keras `RMSprop`; Tieleman and Hinton, "Lecture 6.5" (2012).
public final class RMSprop: SlotOptimizer {
    public let state: OptimizerState
    public let rho: Float
    public let momentum: Float
    public let epsilon: Float
    public let centered: Bool
    public let weightDecay: Float

    /// - Parameters:
    ///   - learningRate: the step size, at least 0, or a schedule.
    ///   - rho: the share of the running mean of squares that a step keeps, from 0 to below 1.
    ///   - momentum: the share of the velocity that a step keeps, from 0 to below 1.
    ///   - epsilon: what is added below the root, at least 0.
    ///   - centered: whether the square of the mean gradient is subtracted from the mean of squares.
    ///   - weightDecay: how much every weight shrinks at a step, times the learning rate; at least 0.
    ///   - clipnorm, clipvalue, globalClipnorm, useEma, emaMomentum, emaOverwriteFrequency,
    ///     gradientAccumulationSteps: see `OptimizerOptions`.
    public convenience init(
        learningRate: Float = 0.001, rho: Float = 0.9, momentum: Float = 0, epsilon: Float = 1e-7,
        centered: Bool = false, weightDecay: Float = 0, clipnorm: Float? = nil, clipvalue: Float? = nil,
        globalClipnorm: Float? = nil, useEma: Bool = false, emaMomentum: Float = 0.99,
        emaOverwriteFrequency: Int? = nil, gradientAccumulationSteps: Int? = nil
    ) {
        self.init(
            learningRate: .constant(learningRate), rho: rho, momentum: momentum, epsilon: epsilon,
            centered: centered, weightDecay: weightDecay, clipnorm: clipnorm, clipvalue: clipvalue,
            globalClipnorm: globalClipnorm, useEma: useEma, emaMomentum: emaMomentum,
            emaOverwriteFrequency: emaOverwriteFrequency, gradientAccumulationSteps: gradientAccumulationSteps
        )
    }

    /// Disfavored, so that a number in the source means the other initializer.
    @_disfavoredOverload
    public init(
        learningRate: LearningRate, rho: Float = 0.9, momentum: Float = 0, epsilon: Float = 1e-7,
        centered: Bool = false, weightDecay: Float = 0, clipnorm: Float? = nil, clipvalue: Float? = nil,
        globalClipnorm: Float? = nil, useEma: Bool = false, emaMomentum: Float = 0.99,
        emaOverwriteFrequency: Int? = nil, gradientAccumulationSteps: Int? = nil
    ) {
        self.rho = rho
        self.momentum = momentum
        self.epsilon = epsilon
        self.centered = centered
        self.weightDecay = weightDecay
        state = OptimizerState(
            learningRate: learningRate,
            OptimizerOptions(
                clipnorm: clipnorm, clipvalue: clipvalue, globalClipnorm: globalClipnorm, useEma: useEma,
                emaMomentum: emaMomentum, emaOverwriteFrequency: emaOverwriteFrequency,
                gradientAccumulationSteps: gradientAccumulationSteps))
    }

    public func validate() throws {
        try state.validate("RMSprop")
        try requireHyperparameter("RMSprop", "rho", rho, in: 0..<1)
        try requireHyperparameter("RMSprop", "momentum", momentum, in: 0..<1)
        try requireHyperparameter("RMSprop", "epsilon", epsilon, in: 0..<(.infinity))
        try requireHyperparameter("RMSprop", "weightDecay", weightDecay, in: 0..<(.infinity))
    }

    public func update(
        _ value: inout Tensor, gradient: Tensor, of parameter: Parameter, learningRate: Float
    ) {
        let slots = state.slots[parameter]
        let rule = UpdateKernels.RMSpropStep(
            learningRate: learningRate, rho: rho, momentum: momentum, epsilon: epsilon,
            weightDecay: state.decay(weightDecay, of: parameter))
        value.take(
            rule, gradient, square: slots["square"], mean: centered ? slots["mean"] : nil,
            velocity: momentum > 0 ? slots["velocity"] : nil)
    }
}
