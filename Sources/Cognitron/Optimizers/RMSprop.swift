import CognitronKernels

/// Steps divided by a running root mean square of the gradient.
///
///     v ← rho · v + (1 − rho) · gradient²
///     w ← w − learningRate · gradient / √(v + epsilon)
///
/// With `centered` the mean gradient's square is taken off v; with `momentum` the steps are gathered.
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
    ///   - momentum: the share of its speed that a weight keeps, from 0 to below 1.
    ///   - epsilon: what is added below the root, at least 0.
    ///   - centered: whether the square of the mean gradient is taken off the mean of squares.
    ///   - weightDecay: how much every weight shrinks at a step, times the learning rate; at least 0.
    public convenience init(
        learningRate: Float = 0.001, rho: Float = 0.9, momentum: Float = 0, epsilon: Float = 1e-7,
        centered: Bool = false, weightDecay: Float = 0
    ) {
        self.init(
            learningRate: .constant(learningRate), rho: rho, momentum: momentum, epsilon: epsilon,
            centered: centered, weightDecay: weightDecay)
    }

    /// Disfavored, so that a number in the source means the other initializer.
    @_disfavoredOverload
    public init(
        learningRate: LearningRate, rho: Float = 0.9, momentum: Float = 0, epsilon: Float = 1e-7,
        centered: Bool = false, weightDecay: Float = 0
    ) {
        state = OptimizerState(learningRate: learningRate)
        self.rho = rho
        self.momentum = momentum
        self.epsilon = epsilon
        self.centered = centered
        self.weightDecay = weightDecay
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
        let rule = UpdateKernels.RMSprop(
            learningRate: learningRate, rho: rho, momentum: momentum, epsilon: epsilon,
            weightDecay: weightDecay)
        let slots = state.slots
        UpdateKernels.apply(
            rule, to: value.mutablePointer, gradient: gradient.pointer,
            square: slots[parameter, "square"].mutablePointer,
            mean: centered ? slots[parameter, "mean"].mutablePointer : nil,
            velocity: momentum > 0 ? slots[parameter, "velocity"].mutablePointer : nil, count: gradient.count)
    }
}
