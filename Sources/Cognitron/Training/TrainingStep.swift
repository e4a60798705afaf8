/// What is done with one batch: the inside of a training loop, whose progress, callbacks, checkpoints and
/// validation `fit` keeps.
///
///     struct AdversarialStep: TrainingStep {
///         func train(_ batch: Batch, _ trainer: Trainer) throws -> Scores {
///             let (generator, discriminator) = (trainer.networks["generator"], trainer.networks["discriminator"])
///             …                                       // forward passes, losses, pullbacks
///             try trainer.update("discriminator")     // gradients' transforms, then the optimizer
///             return ["generator_loss": loss]
///         }
///     }
///
/// A step that throws has not taken place: statistics, random numbers and layers' states are put back,
/// gradients are forgotten. Weights that an `update` has moved stay moved.
///
/// - Source: Keras `Model.train_step`, `Model.test_step`.
public protocol TrainingStep {
    /// Learns from a batch.
    ///
    /// - Returns: the batch's scores, `loss` among them.
    func train(_ batch: Batch, _ trainer: Trainer) throws -> Scores

    /// Measures a batch without learning from it.
    func test(_ batch: Batch, _ trainer: Trainer) throws -> Scores

    /// Called before the first batch of an epoch, and of every measurement.
    func beginPass()

    /// Whether the scores that a step returns already are those of all batches since `beginPass`. False, the
    /// default: of one batch; then the epoch's are their means over samples.
    var scoresAreTotals: Bool { get }

    /// Whether each score should grow, by name. Callbacks that watch a score ask here.
    var directions: [String: Direction] { get }

    /// Throws where a batch cannot be used. Called beside the step before, on the threads that make batches.
    ///
    /// - Parameter samples: the numbers of the samples in the source.
    func validate(_ batch: Batch, samples: [Int], _ trainer: Trainer) throws

    /// What a checkpoint in the middle of an epoch keeps of the step.
    func saveState() -> StateTree
    func restore(_ state: StateTree) throws
}

extension TrainingStep {
    public func test(_ batch: Batch, _ trainer: Trainer) throws -> Scores {
        throw CognitronError(
            .model, "\(Self.self)", "does not say how to measure a batch", expected: "a test(_:_:) method",
            advice: "write one, or train without validation data")
    }
    public func beginPass() {}
    public var scoresAreTotals: Bool { false }
    public var directions: [String: Direction] { ["loss": .minimize] }
    public func validate(_ batch: Batch, samples: [Int], _ trainer: Trainer) throws {}
    public func saveState() -> StateTree { [:] }
    public func restore(_ state: StateTree) throws {}
}
