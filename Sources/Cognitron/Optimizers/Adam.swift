import CognitronKernels

/// Adam: steps scaled by running means of the gradient and of its square.
///
///     m ← m + (1 − beta1)(gradient − m)
///     v ← v + (1 − beta2)(gradient² − v)
///     w ← w − learningRate · √(1 − beta2ᵗ) / (1 − beta1ᵗ) · m / (√v + epsilon)
///
/// t counts the steps of each parameter by itself, where Keras counts those of all together: the first step
/// of a parameter is as long as the learning rate, also in a second model and in a layer that is unfrozen
/// late.
///
/// - Source: Keras `Adam`; Kingma and Ba, "Adam: A Method for Stochastic Optimization" (2015).
public class Adam: SlotOptimizer {
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
    public convenience init(
        learningRate: Float = 0.001, beta1: Float = 0.9, beta2: Float = 0.999, epsilon: Float = 1e-7,
        weightDecay: Float = 0
    ) {
        self.init(
            learningRate: .constant(learningRate), beta1: beta1, beta2: beta2, epsilon: epsilon,
            weightDecay: weightDecay)
    }

    /// Disfavored, so that a number in the source means the other initializer.
    @_disfavoredOverload
    public init(
        learningRate: LearningRate, beta1: Float = 0.9, beta2: Float = 0.999, epsilon: Float = 1e-7,
        weightDecay: Float = 0
    ) {
        state = OptimizerState(learningRate: learningRate)
        self.beta1 = beta1
        self.beta2 = beta2
        self.epsilon = epsilon
        self.weightDecay = weightDecay
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
        let rule = UpdateKernels.Adam(
            learningRate: learningRate, beta1: beta1, beta2: beta2, epsilon: epsilon,
            weightDecay: weightDecay, step: state.slots.steps(of: parameter))
        state.slots.apply(rule, to: &value, gradient: gradient, of: parameter)
    }
}

extension Slots {
    /// Adam's step of one parameter.
    func apply(
        _ rule: UpdateKernels.Adam, to value: inout Tensor, gradient: Tensor, of parameter: Parameter
    ) {
        UpdateKernels.apply(
            rule, to: value.mutablePointer, gradient: gradient.pointer,
            mean: self[parameter, "mean"].mutablePointer, square: self[parameter, "square"].mutablePointer,
            count: gradient.count)
    }
}

/// Adam with weight decay apart from the gradient: each step first takes learningRate · weightDecay · w off.
///
/// - Source: Keras `AdamW`; Loshchilov and Hutter, "Decoupled Weight Decay Regularization" (2019).
public final class AdamW: Adam {
    /// - Parameters:
    ///   - learningRate: the step size, at least 0, or a schedule.
    ///   - beta1: the share of the running mean that a step keeps, from 0 to below 1.
    ///   - beta2: the share of the running mean of squares that a step keeps, from 0 to below 1.
    ///   - epsilon: what is added to the divisor, at least 0.
    ///   - weightDecay: how much every weight shrinks at a step, times the learning rate; at least 0.
    public convenience init(
        learningRate: Float = 0.001, beta1: Float = 0.9, beta2: Float = 0.999, epsilon: Float = 1e-7,
        weightDecay: Float = 0.004
    ) {
        self.init(
            learningRate: .constant(learningRate), beta1: beta1, beta2: beta2, epsilon: epsilon,
            weightDecay: weightDecay)
    }

    /// Disfavored, so that a number in the source means the other initializer.
    @_disfavoredOverload
    public override init(
        learningRate: LearningRate, beta1: Float = 0.9, beta2: Float = 0.999, epsilon: Float = 1e-7,
        weightDecay: Float = 0.004
    ) {
        super.init(
            learningRate: learningRate, beta1: beta1, beta2: beta2, epsilon: epsilon, weightDecay: weightDecay
        )
    }
}
