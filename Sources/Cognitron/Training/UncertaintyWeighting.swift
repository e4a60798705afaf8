import Foundation

/// Learns the weights of several outputs' losses together with the network: each task has a σ, its
/// uncertainty, which weighs its loss.
///
///     loss = Σ Lᵢ / (2 σᵢ²) + log σᵢ          Lᵢ: loss of output i, times its loss weight
///
///     try model.compile(
///         optimizer: Adam(), losses: ["kinds": .binaryCrossentropy, "boxes": .huber],
///         step: { UncertaintyWeighting(wrapped: $0) })
///     …
///     (model.trainer?.step as? UncertaintyWeighting)?.deviations          // ["kinds": 0.4, "boxes": 0.1]
///
/// The step learns s = log σ², which is 0 at first, so that every loss starts with the weight ½:
///
///     ∂loss/∂sᵢ = ½ − ½ exp(−sᵢ) Lᵢ
///
/// The σ of output `name` is the score `name_sigma`, and Σ log σ the penalty `uncertainty`. The loss may be
/// negative.
///
/// - Source: Kendall, Gal and Cipolla, "Multi-Task Learning Using Uncertainty to Weigh Losses for Scene
///   Geometry and Semantics" (2018).
public final class UncertaintyWeighting: WrappingStep {
    public let wrapped: SupervisedStep
    private let optimizer: any Optimizer
    /// (outputs): s = log σ².
    let logVariances = Parameter()

    /// - Parameters:
    ///   - wrapped: the step that `compile` makes.
    ///   - optimizer: that of the σ; they change slowly against the weights.
    public init(wrapped: SupervisedStep, optimizer: any Optimizer = Adam(learningRate: 0.01)) {
        (self.wrapped, self.optimizer) = (wrapped, optimizer)
        _ = logVariances.declare(
            .init(
                name: "uncertainty/log_variances", shape: [wrapped.objectives.count], initializer: .zeros,
                isStatistic: false))
    }

    /// σ by the names of the outputs.
    public var deviations: [String: Float] {
        Dictionary(
            uniqueKeysWithValues: tasks.map { ($0.name, exp(logVariances.value[$0.index].scalar / 2)) })
    }

    public func train(_ batch: Batch, _ trainer: Trainer) throws -> Scores {
        try optimizer.validate()
        var scores = try wrapped.train(batch, trainer, penalties: weigh())
        logVariances.gradient = gradient(of: trainer.averaged(wrapped.lossesOfStep))
        optimizer.step([logVariances])
        for (name, deviation) in deviations.sorted(by: { $0.key < $1.key }) {
            scores["\(name)_sigma"] = deviation
        }
        return scores
    }

    public func mergedScores(_ states: [StateTree]) throws -> Scores? {
        try wrapped.mergedScores(try states.map { try $0.get("wrapped") })
    }

    public func test(_ batch: Batch, _ trainer: Trainer) throws -> Scores {
        try wrapped.test(batch, trainer, penalties: weigh())
    }

    /// Sets the factors of the losses, 1 / (2 σ²); returns Σ log σ.
    private func weigh() -> Scores {
        let s = logVariances.value.scalars
        wrapped.lossFactors = s.map { exp(-$0) / 2 }
        return ["uncertainty": tasks.reduce(0) { $0 + s[$1.index] / 2 }]
    }

    /// The gradient of the last batch's losses with respect to s; 0 for outputs without a loss.
    private func gradient(of losses: [Float]) -> Tensor {
        var gradient = [Float](repeating: 0, count: wrapped.objectives.count)
        let s = logVariances.value.scalars
        for (index, _) in tasks { gradient[index] = (1 - exp(-s[index]) * losses[index]) / 2 }
        return Tensor(gradient)
    }

    /// The outputs that have a loss.
    private var tasks: [(index: Int, name: String)] {
        wrapped.objectives.enumerated().filter { $1.loss != nil }.map { ($0, $1.name) }
    }

    public func saveState() -> StateTree {
        [
            "wrapped": wrapped.saveState(), "optimizer": optimizer.saveState(),
            "logVariances": .tensor(logVariances.value),
        ]
    }

    public func restore(_ state: StateTree) throws {
        let values: Tensor = try state.get("logVariances")
        guard values.shape == logVariances.shape else {
            throw CognitronError(
                .file, "state", "holds the uncertainties of other outputs",
                expected: "\(logVariances.shape)", got: "\(values.shape)")
        }
        try wrapped.restore(try state.get("wrapped"))
        try optimizer.restore(try state.get("optimizer"), for: [logVariances])
        logVariances.value = values
    }
}
