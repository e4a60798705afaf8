import CognitronKernels

/// Steps in the unit of the weights: scaled by a running root mean square of past steps over that of the
/// gradient.
///
///     v ← rho · v + (1 − rho) · gradient²
///     step = √(d + epsilon) / √(v + epsilon) · gradient
///     d ← rho · d + (1 − rho) · step²
///     w ← w − learningRate · step
///
/// The paper's learning rate is 1. `weightDecay` first subtracts learningRate · weightDecay · w.
///
/// - Source: Keras `Adadelta`; Zeiler, "ADADELTA: An Adaptive Learning Rate Method" (2012).
public final class Adadelta: SlotOptimizer {
    public let state: OptimizerState
    public let rho: Float
    public let epsilon: Float
    public let weightDecay: Float

    /// - Parameters:
    ///   - learningRate: the step size, at least 0, or a schedule.
    ///   - rho: the share of the running means that a step keeps, from 0 to below 1.
    ///   - epsilon: what is added below the roots, at least 0.
    ///   - weightDecay: how much every weight shrinks at a step, times the learning rate; at least 0.
    ///   - clipnorm, clipvalue, globalClipnorm, useEma, emaMomentum, emaOverwriteFrequency,
    ///     gradientAccumulationSteps: see `OptimizerOptions`.
    public convenience init(
        learningRate: Float = 0.001, rho: Float = 0.95, epsilon: Float = 1e-7, weightDecay: Float = 0,
        clipnorm: Float? = nil, clipvalue: Float? = nil, globalClipnorm: Float? = nil, useEma: Bool = false,
        emaMomentum: Float = 0.99, emaOverwriteFrequency: Int? = nil, gradientAccumulationSteps: Int? = nil
    ) {
        self.init(
            learningRate: .constant(learningRate), rho: rho, epsilon: epsilon, weightDecay: weightDecay,
            clipnorm: clipnorm, clipvalue: clipvalue, globalClipnorm: globalClipnorm, useEma: useEma,
            emaMomentum: emaMomentum, emaOverwriteFrequency: emaOverwriteFrequency,
            gradientAccumulationSteps: gradientAccumulationSteps)
    }

    /// Disfavored, so that a number in the source means the other initializer.
    @_disfavoredOverload
    public init(
        learningRate: LearningRate, rho: Float = 0.95, epsilon: Float = 1e-7, weightDecay: Float = 0,
        clipnorm: Float? = nil, clipvalue: Float? = nil, globalClipnorm: Float? = nil, useEma: Bool = false,
        emaMomentum: Float = 0.99, emaOverwriteFrequency: Int? = nil, gradientAccumulationSteps: Int? = nil
    ) {
        self.rho = rho
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
        try state.validate("Adadelta")
        try requireHyperparameter("Adadelta", "rho", rho, in: 0..<1)
        try requireHyperparameter("Adadelta", "epsilon", epsilon, in: 0..<(.infinity))
        try requireHyperparameter("Adadelta", "weightDecay", weightDecay, in: 0..<(.infinity))
    }

    public func update(
        _ value: inout Tensor, gradient: Tensor, of parameter: Parameter, learningRate: Float
    ) {
        let slots = state.slots[parameter]
        let rule = UpdateKernels.AdadeltaStep(
            learningRate: learningRate, rho: rho, epsilon: epsilon,
            weightDecay: state.decay(weightDecay, of: parameter))
        value.take(
            rule, gradient, square: slots["square"], stepSquare: slots["stepSquare"])
    }
}
