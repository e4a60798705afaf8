import CognitronKernels
import Foundation

/// Adam with Nesterov's momentum.
///
///     μₜ = beta1 · (1 − 0.96ᵗ / 2),  Pₜ = μ₁ · … · μₜ
///     m ← m + (1 − beta1)(gradient − m)
///     v ← v + (1 − beta2)(gradient² − v)
///     m̂ = μₜ₊₁ · m / (1 − Pₜ₊₁) + (1 − μₜ) · gradient / (1 − Pₜ)
///     w ← w − learningRate · m̂ / (√(v / (1 − beta2ᵗ)) + epsilon)
///
/// t counts the steps of each parameter by itself. `weightDecay` first subtracts
/// learningRate · weightDecay · w.
///
/// - Source: Keras `Nadam`; Dozat, "Incorporating Nesterov Momentum into Adam" (2016).
public final class Nadam: SlotOptimizer {
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
        try state.validate("Nadam")
        try requireHyperparameter("Nadam", "beta1", beta1, in: 0..<1)
        try requireHyperparameter("Nadam", "beta2", beta2, in: 0..<1)
        try requireHyperparameter("Nadam", "epsilon", epsilon, in: 0..<(.infinity))
        try requireHyperparameter("Nadam", "weightDecay", weightDecay, in: 0..<(.infinity))
    }

    public func update(
        _ value: inout Tensor, gradient: Tensor, of parameter: Parameter, learningRate: Float
    ) {
        let slots = state.slots[parameter]
        let step = slots.steps
        let (momentum, next) = (momentum(step), momentum(step + 1))
        let products = slots.slot("product", shape: [1], initial: 1)
        products.value *= momentum
        let product = products.value.scalar
        let rule = UpdateKernels.NadamStep(
            learningRate: learningRate, beta1: beta1, beta2: beta2, epsilon: epsilon,
            weightDecay: state.decay(weightDecay, of: parameter), meanShare: next / (1 - product * next),
            gradientShare: (1 - momentum) / (1 - product), step: step)
        value.take(
            rule, gradient, mean: slots["mean"], square: slots["square"])
    }

    /// μ at `step`, from 1.
    private func momentum(_ step: Int) -> Float { beta1 * (1 - 0.5 * Float(pow(0.96, Double(step)))) }
}
