import CognitronKernels

/// Adam: steps scaled by running means of the gradient and of its square.
///
///     m ← m + (1 − beta1)(gradient − m)
///     v ← v + (1 − beta2)(gradient² − v)
///     w ← w − learningRate · √(1 − beta2ᵗ) / (1 − beta1ᵗ) · m / (√v + epsilon)
///
/// - Source: Keras `Adam`; Kingma and Ba, "Adam: A Method for Stochastic Optimization" (2015).
public class Adam: Optimizer {
    public var learningRate: Float
    public let beta1: Float
    public let beta2: Float
    public let epsilon: Float
    public let weightDecay: Float
    private var slots = Slots()
    private var stepCount = 0

    /// - Parameters:
    ///   - learningRate: the step size, at least 0.
    ///   - beta1: the share of the running mean that a step keeps, from 0 to below 1.
    ///   - beta2: the share of the running mean of squares that a step keeps, from 0 to below 1.
    ///   - epsilon: what is added to the divisor, at least 0.
    ///   - weightDecay: how much every weight shrinks at a step, times the learning rate; at least 0.
    public init(
        learningRate: Float = 0.001, beta1: Float = 0.9, beta2: Float = 0.999, epsilon: Float = 1e-7,
        weightDecay: Float = 0
    ) {
        self.learningRate = learningRate
        self.beta1 = beta1
        self.beta2 = beta2
        self.epsilon = epsilon
        self.weightDecay = weightDecay
    }

    public func validate() throws {
        let name = String(describing: Self.self)
        try requireHyperparameter(name, "learningRate", learningRate, in: 0..<(.infinity))
        try requireHyperparameter(name, "beta1", beta1, in: 0..<1)
        try requireHyperparameter(name, "beta2", beta2, in: 0..<1)
        try requireHyperparameter(name, "epsilon", epsilon, in: 0..<(.infinity))
        try requireHyperparameter(name, "weightDecay", weightDecay, in: 0..<(.infinity))
    }

    public func step(_ parameters: [Parameter]) {
        stepCount += 1
        let rule = UpdateKernels.Adam(
            learningRate: learningRate, beta1: beta1, beta2: beta2, epsilon: epsilon,
            weightDecay: weightDecay,
            step: stepCount)
        for parameter in parameters {
            parameter.update { value, gradient in
                let moments = slots.of(parameter, 2)
                UpdateKernels.apply(
                    rule, to: value, gradient: gradient, mean: moments[0].pointer, square: moments[1].pointer,
                    count: parameter.shape.elementCount)
            }
        }
    }
}

/// Adam with weight decay apart from the gradient: each step first takes learningRate · weightDecay · w off.
///
/// - Source: Keras `AdamW`; Loshchilov and Hutter, "Decoupled Weight Decay Regularization" (2019).
public final class AdamW: Adam {
    /// - Parameters:
    ///   - learningRate: the step size, at least 0.
    ///   - beta1: the share of the running mean that a step keeps, from 0 to below 1.
    ///   - beta2: the share of the running mean of squares that a step keeps, from 0 to below 1.
    ///   - epsilon: what is added to the divisor, at least 0.
    ///   - weightDecay: how much every weight shrinks at a step, times the learning rate; at least 0.
    public override init(
        learningRate: Float = 0.001, beta1: Float = 0.9, beta2: Float = 0.999, epsilon: Float = 1e-7,
        weightDecay: Float = 0.004
    ) {
        super.init(
            learningRate: learningRate, beta1: beta1, beta2: beta2, epsilon: epsilon, weightDecay: weightDecay
        )
    }
}
