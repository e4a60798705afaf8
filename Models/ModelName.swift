import Cognitron
import CognitronData
import CognitronDetection

/// A network by its name, as commands and files give it.
///
///     let model = try ModelName(named: "resnet18").make(inputShape: [32, 32, 3], classCount: 10)
///     let table = try ModelName(named: "mlp:128,64").make(inputShape: [8], task: dataset.task)
///
/// One of your own is found by its name once it is registered:
///
///     extension ModelName {
///         static let tiny = ModelName("tiny", "one convolution") { shape, classCount in
///             let model = Sequential { Input(shape: shape); … Dense(classCount, activation: .softmax) }
///             try model.build(shape)
///             return model
///         }
///     }
///
///     ModelName.register(.tiny)
public struct ModelName: NamedValue {
    public let name: String

    /// What the network is, in a few words.
    public let summary: String

    /// The kinds of task that the network can be made for.
    public let tasks: [DataTask.Kind]

    /// The shape of the samples that the network was designed for: height × width × channels of images.
    public let inputShape: Shape

    /// The number of classes that the network was designed for.
    public let classCount: Int

    /// The paper that describes the network.
    public let paper: String

    /// Under what its code, and its weights if it has any, may be used.
    public let licence: String

    private let ranks: ClosedRange<Int>
    private let maker: Maker
    private let recipe: Recipe
    private let adapter: Adapter
    private let learner: Learner?
    private let trainerMaker: TrainerMaker?
    private let detectorMaker: DetectorMaker?
    private let textMaker: TextMaker?

    /// How many tokens a network for texts was designed for, to read and to write; nil of other networks.
    public let tokenCounts: (inputs: Int?, targets: Int?)?

    /// How commands train it where they are not told otherwise.
    public let training: TrainingDefaults

    /// Gives the network, built but not compiled.
    public typealias Maker = @Sendable (_ inputShape: Shape, _ task: DataTask) throws -> Model

    /// Gives the network for texts, built but not compiled.
    public typealias TextMaker =
        @Sendable (_ coding: TextCoding, _ inputShape: Shape, _ task: DataTask) throws -> Model

    /// Gives the losses and metrics of the network that was made for a task.
    public typealias Recipe =
        @Sendable (_ task: DataTask, _ model: Model, _ labelSmoothing: Float) throws -> TaskRecipe

    /// Takes from the training samples what the network knows of them before its first step.
    public typealias Adapter = @Sendable (_ model: Model, _ source: any BatchSource) throws -> Void

    /// Gives a network that has learnt from samples in its own way, built but not compiled.
    public typealias Learner =
        @Sendable (
            _ training: any BatchSource, _ inputShape: Shape, _ task: DataTask, _ seed: UInt64,
            _ report: (String) -> Void
        ) throws -> Model

    /// Gives the trainer of the networks inside a model, where they do not learn by the losses of a recipe.
    public typealias TrainerMaker =
        @Sendable (_ model: Model, _ task: DataTask, _ settings: TrainerSettings) throws -> Trainer

    /// Gives what finds objects by a model that was made for a task.
    public typealias DetectorMaker = @Sendable (_ model: Model, _ task: DataTask) throws -> any Detector

    /// A network for any tasks.
    ///
    /// - Parameters:
    ///   - name: lower case, without spaces.
    ///   - tasks: the kinds of task that it can be made for.
    ///   - inputShape: the shape of the samples that the network was designed for.
    ///   - classCount: the number of classes that the network was designed for.
    ///   - ranks: how many axes a sample may have; by default as many as `inputShape`.
    ///   - paper: what describes it.
    ///   - licence: that of its code and weights.
    ///   - recipe: how it learns and is judged; by default the usual recipe of the task.
    ///   - adapt: takes statistics from the training samples; by default those of normalisation layers.
    ///   - learner: gives the network with all that it has learnt, where no gradients are followed.
    ///   - training: how commands train it where they are not told otherwise.
    ///   - trainer: gives the trainer of the networks inside it, such as a generator and a discriminator.
    ///   - detector: gives what finds objects by it, where it is a network for that.
    ///   - make: gives the network, built but not compiled.
    public init(
        _ name: String, _ summary: String, tasks: [DataTask.Kind], inputShape: Shape, classCount: Int = 10,
        ranks: ClosedRange<Int>? = nil, paper: String = "", licence: String = "MIT",
        recipe: @escaping Recipe = { try TaskRecipe(for: $0, $1, labelSmoothing: $2) },
        adapt: @escaping Adapter = { try $0.adaptNormalization(to: $1) },
        learner: Learner? = nil, training: TrainingDefaults = TrainingDefaults(),
        trainer: TrainerMaker? = nil,
        detector: DetectorMaker? = nil, make: @escaping Maker
    ) {
        (self.name, self.summary, self.tasks, self.inputShape) = (name, summary, tasks, inputShape)
        self.classCount = classCount
        self.ranks = ranks ?? inputShape.rank...inputShape.rank
        (self.paper, self.licence, self.recipe, maker) = (paper, licence, recipe, make)
        (adapter, self.learner, self.training, trainerMaker) = (adapt, learner, training, trainer)
        (detectorMaker, textMaker, self.tokenCounts) = (detector, nil, nil)
    }

    /// A network for texts.
    ///
    /// - Parameters:
    ///   - name: lower case, without spaces.
    ///   - tokenCounts: how many tokens the network was designed for, to read and to write; nil where it does
    ///     not.
    ///   - length: how many tokens of a text it was designed for.
    ///   - training: how commands train it where they are not told otherwise.
    ///   - make: gives the network, built but not compiled, for texts in a coding.
    public init(
        _ name: String, _ summary: String, tasks: [DataTask.Kind],
        tokenCounts: (inputs: Int?, targets: Int?), length: Int = 40, classCount: Int = 2,
        paper: String = "", licence: String = "MIT",
        recipe: @escaping Recipe = { try TaskRecipe(for: $0, $1, labelSmoothing: $2) },
        training: TrainingDefaults = TrainingDefaults(), texts make: @escaping TextMaker
    ) {
        (self.name, self.summary, self.tasks, inputShape) = (name, summary, tasks, [length])
        (self.classCount, ranks, self.paper, self.licence) = (classCount, 1...1, paper, licence)
        (self.recipe, self.training, textMaker) = (recipe, training, make)
        self.tokenCounts = tokenCounts
        (adapter, learner, trainerMaker, detectorMaker) = ({ _, _ in }, nil, nil, nil)
        maker = { shape, task in
            try make(.example(inputs: tokenCounts.inputs, targets: tokenCounts.targets), shape, task)
        }
    }

    /// A classifier of images.
    ///
    /// - Parameters:
    ///   - name: lower case, without spaces.
    ///   - inputShape: height × width × channels of the images that the network was designed for.
    ///   - classCount: the number of classes that it was designed for.
    ///   - adapt: takes statistics from the training samples; by default those of normalisation layers.
    ///   - make: gives the network, built but not compiled.
    public init(
        _ name: String, _ summary: String, inputShape: Shape = [32, 32, 3], classCount: Int = 10,
        paper: String = "", licence: String = "MIT",
        adapt: @escaping Adapter = { try $0.adaptNormalization(to: $1) },
        make: @escaping @Sendable (_ inputShape: Shape, _ classCount: Int) throws -> Model
    ) {
        self.init(
            name, summary, tasks: [.classification], inputShape: inputShape, classCount: classCount,
            paper: paper, licence: licence, adapt: adapt
        ) { try make($0, $1.classNames.count) }
    }

    /// Returns the network for a task, built but not compiled.
    ///
    /// - Parameter inputShape: that of a sample; by default that of the samples the network was designed for.
    /// - Throws: `CognitronError` where the network is not for such a task or such samples, or the images
    ///   are too small for it.
    public func make(inputShape: Shape? = nil, task: DataTask) throws -> Model {
        let shape = inputShape ?? self.inputShape
        try require(task, shape)
        return try maker(shape, task)
    }

    /// Returns the network for classes without names.
    ///
    /// - Throws: as `make(inputShape:task:)`, and where the class count is below 1.
    public func make(inputShape: Shape? = nil, classCount: Int = 10) throws -> Model {
        try make(inputShape: inputShape, task: task(classCount: classCount))
    }

    /// Returns the network for the samples of a part of a data set, built but not compiled.
    ///
    /// - Throws: as `make(inputShape:task:)`, and where the network reads texts and the samples are none, or
    ///   the other way round.
    public func make(for part: DatasetPart) throws -> Model {
        guard let textMaker else {
            if part.text?.inputs != nil {
                throw CognitronError(
                    .argument, name, "reads no texts", expected: "a network for texts, such as sentiment",
                    got: part.name)
            }
            return try make(inputShape: part.inputShape, task: part.task)
        }
        guard let text = part.text else {
            throw CognitronError(
                .argument, name, "reads texts only", expected: "a data set of texts", got: part.name)
        }
        try require(part.task, part.inputShape)
        return try textMaker(text, part.inputShape, part.task)
    }

    /// How the network learns and is judged.
    ///
    /// - Parameter labelSmoothing: the share of each label that is spread over all classes.
    public func recipe(for task: DataTask, _ model: Model, labelSmoothing: Float = 0) throws -> TaskRecipe {
        try recipe(task, model, labelSmoothing)
    }

    /// Takes from the training samples what the network knows of them before its first step: the means and
    /// variances of its normalisation, filters that whiten.
    ///
    /// - Throws: `CognitronError` where the samples cannot be read, or are not finite.
    public func adapt(_ model: Model, to source: any BatchSource) throws { try adapter(model, source) }

    /// Whether the network is trained by a trainer of its own, and not by the losses of its recipe.
    public var hasTrainer: Bool { trainerMaker != nil }

    /// The trainer of the networks inside the model that was made for a task; nil where the recipe's losses
    /// train it.
    ///
    ///     if let trainer = try name.trainer(for: task, model, settings) { try model.compile(trainer) }
    public func trainer(for task: DataTask, _ model: Model, _ settings: TrainerSettings) throws -> Trainer? {
        try trainerMaker?(model, task, settings)
    }

    /// What finds objects by the model that was made for a task; nil of networks that find none.
    public func detector(for task: DataTask, _ model: Model) throws -> (any Detector)? {
        try detectorMaker?(model, task)
    }

    /// Whether `Model.fit` trains the network; false of one that learns in its own way, by `learned`.
    public var learnsByGradients: Bool { learner == nil }

    /// Returns a network that has learnt from samples in its own way, built but not compiled.
    ///
    /// - Parameters:
    ///   - training: the samples.
    ///   - seed: of all random numbers.
    ///   - report: gets a line for each thing learnt.
    /// - Throws: `CognitronError` where the network learns by gradients, or as `make`.
    public func learned(
        from training: any BatchSource, inputShape: Shape, task: DataTask, seed: UInt64 = 1,
        report: (String) -> Void = { _ in }
    ) throws -> Model {
        guard let learner else {
            throw CognitronError(.argument, name, "learns by gradients", advice: "make, compile and fit it")
        }
        try require(task, inputShape)
        return try learner(training, inputShape, task, seed, report)
    }
}

// MARK: - Which network fits which data

extension ModelName {
    /// Whether a sample of this shape has the right number of axes.
    public func takes(_ shape: Shape) -> Bool { ranks.contains(shape.rank) }

    /// Throws where the network cannot be made for such a task.
    public func require(_ task: DataTask) throws {
        guard !tasks.contains(task.kind) else { return }
        throw CognitronError(
            .argument, name, "is no network for \(task.name)",
            expected: tasks.map(\.rawValue).joined(separator: " or "), got: task.name,
            advice: Self.advice("models that fit", Self.fitting(task, nil)))
    }

    /// Throws where the network cannot be made for such a task or such samples.
    private func require(_ task: DataTask, _ shape: Shape) throws {
        try require(task)
        guard !takes(shape) else { return }
        throw CognitronError(
            .shape, name, "takes no such samples", expected: "shapes such as \(inputShape)",
            got: "\(shape)", advice: Self.advice("models that fit", Self.fitting(task, shape)))
    }

    /// The names of the networks for a task, and for samples of a shape where it is known.
    static func fitting(_ task: DataTask, _ shape: Shape?) -> [String] {
        registered.filter { model in
            model.tasks.contains(task.kind)
                && (shape.map { model.takes($0) && model.textMaker == nil } ?? true)
        }.map(\.name)
    }

    private static func advice(_ text: String, _ names: [String]) -> String? {
        names.isEmpty ? nil : "\(text): \(names.joined(separator: ", "))"
    }
}
