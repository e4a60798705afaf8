/// Sets the optimizer's learning rate during training.
///
///     let scheduler = LearningRateScheduler { epoch, rate in epoch < 10 ? rate : rate * 0.9 }
///
/// A schedule by steps can also be given to the optimizer: `SGD(learningRate: .cosineDecay(…))`. Here it
/// reads the optimizer's step count: one scheduler may serve several models, and a second `fit` continues the
/// schedule.
///
/// In a trainer of several networks, each optimizer is set from its own rate and step count, unless one
/// network is named.
///
/// - Source: Keras `LearningRateScheduler`, and its optimizers' schedules.
public final class LearningRateScheduler: Callback {
    private enum Schedule {
        case byEpoch((_ epoch: Int, _ learningRate: Float) -> Float)
        case byStep(LearningRate)
    }

    private let schedule: Schedule
    private let network: String?
    private let verbose: Bool
    /// The number of batches begun with each optimizer that does not count its steps.
    private var batches: [ObjectIdentifier: Int] = [:]

    /// - Parameters:
    ///   - network: the network whose optimizer is set; nil for all.
    ///   - verbose: whether each epoch's rate is printed.
    ///   - schedule: returns an epoch's rate from its number, from 1, and the rate before it.
    public init(
        network: String? = nil, verbose: Bool = false,
        _ schedule: @escaping (_ epoch: Int, _ learningRate: Float) -> Float
    ) {
        (self.network, self.verbose) = (network, verbose)
        self.schedule = .byEpoch(schedule)
    }

    /// - Parameter schedule: returns the rate of a step, counted from 0.
    public convenience init(network: String? = nil, _ schedule: some LearningRateSchedule) {
        self.init(network: network, LearningRate(schedule))
    }

    /// - Parameter schedule: returns the rate of a step, counted from 0.
    public init(network: String? = nil, _ schedule: LearningRate) {
        (self.network, verbose) = (network, false)
        self.schedule = .byStep(schedule)
    }

    /// - Throws: `CognitronError` where the schedule's arguments are invalid, or the named network has no
    ///   optimizer.
    public func onTrainBegin(_ model: Model) throws {
        if let network { _ = try model.requireOptimizer(of: network, "LearningRateScheduler") }
        guard case .byStep(let rates) = schedule, let problem = rates.rule.problem else { return }
        throw CognitronError(
            .argument, "LearningRateScheduler", "invalid schedule", expected: problem.expected,
            got: problem.got)
    }

    public func onEpochBegin(_ epoch: Int, _ model: Model) throws {
        guard case .byEpoch(let rate) = schedule else { return }
        for optimizer in try model.optimizers(of: network, "LearningRateScheduler") {
            try set(optimizer, rate(epoch, optimizer.learningRate), "epoch \(epoch)")
            guard verbose else { continue }
            let rate = optimizer.learningRate.text
            model.announce("Epoch \(epoch): LearningRateScheduler setting learning rate to \(rate).")
        }
    }

    public func onTrainBatchBegin(_ batch: Int, _ model: Model) throws {
        guard case .byStep(let rates) = schedule else { return }
        for optimizer in try model.optimizers(of: network, "LearningRateScheduler") {
            let step = step(of: optimizer)
            try set(optimizer, rates(step), "step \(step)")
        }
    }

    /// The optimizer's step count, or the number of batches where it has none.
    private func step(of optimizer: any Optimizer) -> Int {
        if optimizer is any SlotOptimizer || optimizer.iterations > 0 { return optimizer.iterations }
        let identifier = ObjectIdentifier(optimizer)
        defer { batches[identifier, default: 0] += 1 }
        return batches[identifier, default: 0]
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
