/// Increases the learning rate linearly during the first steps, then decreases it with the root of the step.
///
///     learningRate · min(s / warmupSteps, √(warmupSteps / s)),   s = step + 1
///
/// The rate of the transformer, d^−½ · min(s^−½, s · warmupSteps^−1.5), is the one with the highest rate
/// (d · warmupSteps)^−½:
///
///     Adam(learningRate: .inverseSquareRoot(features: 512, warmupSteps: 4000), beta2: 0.98, epsilon: 1e-9)
///
/// - Source: Vaswani et al., "Attention Is All You Need" (2017); Keras has none.
public struct InverseSquareRoot: LearningRateSchedule {
    public let learningRate: Float
    public let warmupSteps: Int

    /// - Parameters:
    ///   - learningRate: the highest rate, that of step `warmupSteps − 1`.
    ///   - warmupSteps: steps of the increase, at least 1.
    public init(learningRate: Float, warmupSteps: Int) {
        (self.learningRate, self.warmupSteps) = (learningRate, warmupSteps)
    }

    public var problem: RuleProblem? {
        rateProblem("learningRate", learningRate) ?? stepsProblem("warmupSteps", warmupSteps)
    }

    /// The rate at `step`, from 0.
    public func callAsFunction(_ step: Int) -> Float {
        let share = (Float(step) + 1) / Float(max(1, warmupSteps))
        return learningRate * min(share, 1 / share.squareRoot())
    }
}
