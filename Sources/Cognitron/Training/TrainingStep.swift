/// Trains on one batch. The rest of the training loop, with progress, callbacks, checkpoints and validation,
/// is `fit`'s.
///
///     struct Distillation: TrainingStep {
///         func train(_ batch: Batch, _ trainer: Trainer) throws -> Scores {
///             let student = trainer.networks["student"]
///             …                                       // forward passes, losses, pullbacks
///             try trainer.update("student")           // gradients' transforms, then the optimizer
///             return ["loss": loss]
///         }
///     }
///
/// When a step throws, `fit` restores statistics, random streams and layers' states and clears the gradients.
/// Weights that `update` has changed stay changed. A step around the supervised one is a `WrappingStep`;
/// `AdversarialStep` trains a generator and a discriminator.
///
/// - Source: Keras `Model.train_step`, `Model.test_step`.
public protocol TrainingStep {
    /// Trains on a batch.
    ///
    /// - Returns: the scores, `loss` among them.
    func train(_ batch: Batch, _ trainer: Trainer) throws -> Scores

    /// Measures a batch.
    func test(_ batch: Batch, _ trainer: Trainer) throws -> Scores

    /// Called before the first batch of each epoch and of each measurement.
    func beginPass()

    /// Whether the returned scores are those of all batches since `beginPass`. By default false: they are
    /// those of one batch, and `fit` computes their means over samples.
    var scoresAreTotals: Bool { get }

    /// Whether each score is to be maximized or minimized, by name. Read by callbacks that monitor a score.
    var directions: [String: Direction] { get }

    /// Throws where a batch is invalid. Called on the threads that prepare batches, during other steps.
    ///
    /// - Parameter samples: the numbers of the samples in the source.
    func validate(_ batch: Batch, samples: [Int], _ trainer: Trainer) throws

    /// The scores of all batches that several ranks have trained on or measured since `beginPass`, each with
    /// other samples; nil where scores are those of single batches, whose means `fit` merges.
    ///
    /// - Parameter states: the ranks' `saveState()`.
    func mergedScores(_ states: [StateTree]) throws -> Scores?

    /// The state that a checkpoint within an epoch saves.
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
    public func mergedScores(_ states: [StateTree]) throws -> Scores? { nil }
    public func saveState() -> StateTree { [:] }
    public func restore(_ state: StateTree) throws {}
}
