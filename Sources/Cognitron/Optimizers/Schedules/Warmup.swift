/// Increases the learning rate linearly during the first steps, then follows another schedule.
///
///     initialLearningRate + step / warmupSteps · (schedule(0) − initialLearningRate),  step < warmupSteps
///     schedule(step − warmupSteps)                                                    after that
///
///     Adam(learningRate: .warmup(0.001, warmupSteps: 500))
///
/// - Source: Goyal et al., "Accurate, Large Minibatch SGD: Training ImageNet in 1 Hour" (2017); Keras offers
///   it within `CosineDecay` only.
public struct Warmup: LearningRateSchedule {
    public let schedule: LearningRate
    public let warmupSteps: Int
    public let initialLearningRate: Float

    /// - Parameters:
    ///   - schedule: the rates after the warm-up.
    ///   - warmupSteps: steps of the warm-up, at least 0.
    ///   - initialLearningRate: the rate at the first step.
    public init(_ schedule: LearningRate, warmupSteps: Int, initialLearningRate: Float = 0) {
        self.schedule = schedule
        self.warmupSteps = warmupSteps
        self.initialLearningRate = initialLearningRate
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            try container.decode(LearningRate.self, forKey: .schedule),
            warmupSteps: try container.decode(Int.self, forKey: .warmupSteps),
            initialLearningRate: try container.decode(.initialLearningRate, default: 0))
    }

    public var problem: RuleProblem? {
        schedule.rule.problem ?? stepsProblem("warmupSteps", warmupSteps, atLeast: 0)
            ?? rateProblem("initialLearningRate", initialLearningRate)
    }

    /// The rate at `step`, from 0.
    public func callAsFunction(_ step: Int) -> Float {
        guard step < warmupSteps else { return schedule(step - max(0, warmupSteps)) }
        let share = Float(step) / Float(warmupSteps)
        return initialLearningRate + share * (schedule(0) - initialLearningRate)
    }
}
