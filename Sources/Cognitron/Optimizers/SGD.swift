import CognitronKernels

/// Stochastic gradient descent, with momentum.
///
///     v ← momentum · v − learningRate · gradient
///     w ← w + v                                             // or w + momentum · v − learningRate · gradient (nesterov)
///
/// `weightDecay` first takes learningRate · weightDecay · w off every weight.
///
/// - Source: Keras `SGD`; Sutskever et al., "On the importance of initialization and momentum in deep learning" (2013).
public final class SGD: Optimizer {
    public var learningRate: Float
    public let momentum: Float
    public let nesterov: Bool
    public let weightDecay: Float
    private var slots = Slots()

    /// - Parameters:
    ///   - learningRate: the step size, at least 0.
    ///   - momentum: the share of its speed that a weight keeps, from 0 to below 1.
    ///   - nesterov: whether the gradient's step is taken ahead of the gathered speed.
    ///   - weightDecay: how much every weight shrinks at a step, times the learning rate; at least 0.
    public init(
        learningRate: Float = 0.01, momentum: Float = 0, nesterov: Bool = false, weightDecay: Float = 0
    ) {
        self.learningRate = learningRate
        self.momentum = momentum
        self.nesterov = nesterov
        self.weightDecay = weightDecay
    }

    public func validate() throws {
        try requireHyperparameter("SGD", "learningRate", learningRate, in: 0..<(.infinity))
        try requireHyperparameter("SGD", "momentum", momentum, in: 0..<1)
        try requireHyperparameter("SGD", "weightDecay", weightDecay, in: 0..<(.infinity))
    }

    public func step(_ parameters: [Parameter]) {
        let rule = UpdateKernels.SGD(
            learningRate: learningRate, momentum: momentum, nesterov: nesterov, weightDecay: weightDecay)
        for parameter in parameters {
            parameter.update { value, gradient in
                let velocity = momentum == 0 ? nil : slots.of(parameter, 1)[0]
                UpdateKernels.apply(
                    rule, to: value, gradient: gradient, velocity: velocity?.pointer,
                    count: parameter.shape.elementCount)
            }
        }
    }
}
