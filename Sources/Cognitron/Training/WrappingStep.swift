/// A training step around the one that `compile` makes: changes batches or adds losses, and leaves the
/// losses, metrics, checks and checkpoints to the wrapped step.
///
///     struct Mixup: WrappingStep {
///         let wrapped: SupervisedStep
///
///         func train(_ batch: Batch, _ trainer: Trainer) throws -> Scores {
///             try wrapped.train(mixed(batch), trainer)
///         }
///     }
///
///     try model.compile(optimizer: Adam(), loss: .categoricalCrossentropy, step: { Mixup(wrapped: $0) })
///
/// A step that adds a loss runs its pullback, which adds to the parameters' gradients, and then calls
/// `wrapped.train(batch, trainer, penalties: ["name": loss])`. Scores of the step's own are reported as they
/// were after the last batch; penalties as means over samples. A step with state of its own saves it together
/// with `wrapped.saveState()`, and gives `wrapped.mergedScores` that part of the states.
///
/// In a trainer of several networks, `wrapped` is the `supervisedStep` of a compiled network.
///
/// - Source: Keras `Model.train_step`, overridden.
public protocol WrappingStep: TrainingStep {
    var wrapped: SupervisedStep { get }
}

extension WrappingStep {
    public func test(_ batch: Batch, _ trainer: Trainer) throws -> Scores { try wrapped.test(batch, trainer) }
    public func beginPass() { wrapped.beginPass() }
    public var scoresAreTotals: Bool { wrapped.scoresAreTotals }
    public var directions: [String: Direction] { wrapped.directions }
    public func validate(_ batch: Batch, samples: [Int], _ trainer: Trainer) throws {
        try wrapped.validate(batch, samples: samples, trainer)
    }
    public func mergedScores(_ states: [StateTree]) throws -> Scores? {
        try wrapped.mergedScores(states)
    }
    public func saveState() -> StateTree { wrapped.saveState() }
    public func restore(_ state: StateTree) throws { try wrapped.restore(state) }
}
