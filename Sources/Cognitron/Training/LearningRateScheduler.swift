import Foundation

/// A step size that first grows and then falls with the cosine's slope.
///
/// Without warm-up, step s of `decaySteps` uses
///
///     initialLearningRate · (alpha + (1 − alpha) · (1 + cos(π · s / decaySteps)) / 2)
///
/// and every later one alpha · initialLearningRate. With warm-up the rate first grows evenly from `initialLearningRate`
/// to `warmupTarget` during `warmupSteps`, and then falls from there.
///
/// - Source: Keras `CosineDecay`; Loshchilov and Hutter, "SGDR: Stochastic Gradient Descent with Warm Restarts" (2017).
public struct CosineDecay: Hashable, Sendable {
    public let initialLearningRate: Float
    public let decaySteps: Int
    public let alpha: Float
    public let warmupTarget: Float?
    public let warmupSteps: Int

    /// - Parameters:
    ///   - initialLearningRate: the rate at the first step.
    ///   - decaySteps: steps from the highest rate to the lowest, warm-up not counted.
    ///   - alpha: the lowest rate as a share of the highest.
    ///   - warmupTarget: the rate after the warm-up; nil for none.
    ///   - warmupSteps: steps of the warm-up.
    public init(
        initialLearningRate: Float, decaySteps: Int, alpha: Float = 0, warmupTarget: Float? = nil,
        warmupSteps: Int = 0
    ) {
        self.initialLearningRate = initialLearningRate
        self.decaySteps = decaySteps
        self.alpha = alpha
        self.warmupTarget = warmupTarget
        self.warmupSteps = warmupSteps
    }

    /// The rate at `step`, from 0.
    public func callAsFunction(_ step: Int) -> Float {
        guard let warmupTarget else { return decayed(initialLearningRate, step) }
        guard step >= warmupSteps else {
            let share = Float(step) / Float(warmupSteps)
            return initialLearningRate + share * (warmupTarget - initialLearningRate)
        }
        return decayed(warmupTarget, step - warmupSteps)
    }

    private func decayed(_ highest: Float, _ step: Int) -> Float {
        let share = Double(min(step, decaySteps)) / Double(max(1, decaySteps))
        return highest * (alpha + (1 - alpha) * Float((1 + cos(.pi * share)) / 2))
    }
}

/// Sets the optimizer's step size during training.
///
///     let steps = 15 * 50_000 / 128
///     let scheduler = LearningRateScheduler(CosineDecay(initialLearningRate: 0.05, decaySteps: steps))
///
/// - Source: Keras `LearningRateScheduler`, and its optimizers' schedules.
public final class LearningRateScheduler: Callback {
    private let rateAtEpoch: ((_ epoch: Int, _ learningRate: Float) -> Float)?
    private let rateAtStep: ((_ step: Int) -> Float)?
    /// Steps taken since the scheduler was made: a second `fit` goes on where the first ended.
    private var step = 0

    /// - Parameter schedule: gives an epoch's rate from its number, from 1, and the rate before it.
    public init(_ schedule: @escaping (_ epoch: Int, _ learningRate: Float) -> Float) {
        (rateAtEpoch, rateAtStep) = (schedule, nil)
    }

    /// - Parameter schedule: gives every step's rate.
    public init(_ schedule: CosineDecay) {
        (rateAtEpoch, rateAtStep) = (nil, { schedule($0) })
    }

    public func onEpochBegin(_ epoch: Int, _ model: Model) throws {
        guard let rateAtEpoch, let optimizer = model.optimizer else { return }
        try set(optimizer, rateAtEpoch(epoch, optimizer.learningRate), "epoch \(epoch)")
    }

    public func onTrainBatchBegin(_ batch: Int, _ model: Model) throws {
        defer { step += 1 }
        guard let rateAtStep, let optimizer = model.optimizer else { return }
        try set(optimizer, rateAtStep(step), "step \(step)")
    }

    private func set(_ optimizer: any Optimizer, _ rate: Float, _ moment: String) throws {
        guard rate >= 0, rate.isFinite else {
            throw CognitronError(
                .argument, "LearningRateScheduler (\(moment))", "the schedule's rate is no step size",
                expected: "a finite number of at least 0", got: rate.text)
        }
        optimizer.learningRate = rate
    }
}
