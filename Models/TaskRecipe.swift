import Cognitron
import CognitronData
import CognitronDetection

/// How networks for a task learn and are judged.
///
///     let recipe = try TaskRecipe(for: dataset.task, model)
///     try model.compile(optimizer: Adam(), losses: recipe.losses, metrics: recipe.metrics)
///
/// A network that learns in another way than others for its task has a recipe of its own (`ModelName`).
public struct TaskRecipe: Sendable {
    /// One for each output of the network.
    public var losses: [Loss]

    /// Measured on every output in training; the first is what a training is judged by.
    public var metrics: [any Metric]

    /// Measured on every output in evaluations only.
    public var furtherMetrics: [any Metric]

    /// What the network learns from the data set's targets.
    public var targets: TargetForm

    /// - Parameters:
    ///   - losses: one for each output of the network.
    ///   - metrics: measured in training; the first is what a training is judged by, or the loss if there is
    ///     none.
    ///   - furtherMetrics: measured in evaluations only.
    public init(
        losses: [Loss], metrics: [any Metric] = [], furtherMetrics: [any Metric] = [],
        targets: TargetForm = .given
    ) {
        (self.losses, self.metrics, self.furtherMetrics) = (losses, metrics, furtherMetrics)
        self.targets = targets
    }

    /// What a training is judged by: `accuracy`.
    public var score: String { metrics.first?.name ?? "loss" }
}

/// What a network learns from a data set's targets.
public enum TargetForm: Hashable, Sendable {
    /// The targets as they are.
    case given
    /// The first input itself, as an autoencoder does. The data set's targets are not used.
    case input
    /// Whether two samples are of the same class: `PairSource`.
    case pairs
    /// The middle of a mask, where a network without padding gives classes to fewer pixels than it reads.
    case middle(height: Int, width: Int)
    /// The boxes alone, where there are masks of instances too: clipped to the picture, empty ones left out
    /// (`Tensor.learnableBoxes`).
    case boxes(classCount: Int, height: Int, width: Int)
}

extension TargetForm {
    /// A source whose targets have this form.
    ///
    /// - Throws: as `PairSource`, for pairs.
    public func source(_ base: any BatchSource) throws -> any BatchSource {
        switch self {
        case .given: base
        case .input: InputAsTarget(base: base)
        case .pairs: try PairSource(base)
        case .boxes(let classCount, let height, let width):
            base.map { batch -> Batch in
                var batch = batch
                batch.targets = try batch.targets.prefix(1).map {
                    try $0.learnableBoxes(classCount: classCount, height: height, width: width)
                }
                batch.weights = Array(batch.weights.prefix(1))
                return batch
            }
        case .middle(let height, let width):
            base.map { batch -> Batch in
                var batch = batch
                batch.targets = batch.targets.map { $0.middle(height, width) }
                // Weights of whole samples have one axis.
                batch.weights = batch.weights.map { $0.map { $0.rank >= 3 ? $0.middle(height, width) : $0 } }
                return batch
            }
        }
    }
}

/// A source whose targets are its inputs, after all random changes.
private struct InputAsTarget: BatchSource {
    let base: any BatchSource

    var sampleCount: Int? { base.sampleCount }
    var unit: String { base.unit }
    func validate() throws { try base.validate() }
    func ordered(_ samples: [Int], batchSize: Int) -> [Int] {
        base.ordered(samples, batchSize: batchSize)
    }

    func batch(_ samples: [Int], _ draw: Draw?) throws -> Batch? {
        guard let batch = try base.batch(samples, draw) else { return nil }
        return Batch(inputs: batch.inputs, targets: Array(batch.inputs.prefix(1)))
    }
}

extension TargetForm {
    /// The masks of the pictures that a network reads, or as much of their middle as it gives classes to.
    fileprivate static func masks(of model: Model) -> TargetForm {
        guard
            let (input, output) = model.inputShape.flatMap({ input in model.outputShape.map { (input, $0) } }
            ),
            input.rank == 3, output.rank == 3, !input.prefix(2).elementsEqual(output.prefix(2))
        else { return .given }
        return .middle(height: output[0], width: output[1])
    }
}

extension Tensor {
    /// The middle of each mask (N, H, W, …).
    fileprivate func middle(_ height: Int, _ width: Int) -> Tensor {
        let (top, left) = ((shape[1] - height) / 2, (shape[2] - width) / 2)
        return slice(axis: 1, top..<top + height).slice(axis: 2, left..<left + width)
    }
}

// MARK: - The tasks

extension TaskRecipe {
    /// The usual recipe of a task.
    ///
    /// | task | loss | judged by | also measured |
    /// |---|---|---|---|
    /// | classification | sparse cross-entropy | accuracy | top-5 accuracy from 5 classes on, F1 score |
    /// | regression | squared error, scaled | mean absolute error | root of the mean square, R² |
    /// | segmentation | sparse cross-entropy of each pixel | accuracy | mean IoU (in training too), Dice |
    /// | tagging | sparse cross-entropy of each step | accuracy | |
    /// | text | sparse cross-entropy of each step's scores, padding left out | accuracy | bits a token |
    /// | language | the same | bits a token | accuracy |
    /// | pictures | absolute error | mean absolute error | mean squared error |
    /// | unlabelled | squared error of the input itself | mean squared error | mean absolute error |
    ///
    /// The squared error of regression is divided by the variance of the training targets where the network
    /// knows it (`Model.adaptNormalization`), so that no target outweighs another and 1 is the loss of
    /// predicting the mean.
    ///
    /// - Parameter labelSmoothing: the share of each label that is spread over all classes.
    /// - Throws: `CognitronError.argument` for detection and instances: their networks' recipes are their
    ///   own.
    public init(for task: DataTask, _ model: Model, labelSmoothing: Float = 0) throws {
        let crossentropy = Loss.sparseCategoricalCrossentropy(labelSmoothing: labelSmoothing)
        switch task {
        case .classification(let names):
            let topFive: [any Metric] = names.count >= 5 ? [.topKAccuracy(k: 5)] : []
            self.init(
                losses: [crossentropy], metrics: [.accuracy],
                furtherMetrics: topFive + [.f1Score(average: .macro)])
        case .regression:
            self.init(
                losses: [.scaledSquaredError(model.targetVariance)], metrics: [.meanAbsoluteError],
                furtherMetrics: [.rootMeanSquaredError, .r2Score])
        case .segmentation(let names):
            self.init(
                losses: [crossentropy], metrics: [.accuracy, .meanIoU(classCount: names.count)],
                furtherMetrics: [.meanDice(classCount: names.count)], targets: .masks(of: model))
        case .tagging:
            self.init(losses: [crossentropy], metrics: [.accuracy])
        case .text, .language:
            let loss = Loss.sparseCategoricalCrossentropy(
                fromLogits: true, ignoreClass: TextVectorization.padding, labelSmoothing: labelSmoothing)
            let metrics: [any Metric] = [.bits(fromLogits: true), .accuracy]
            self.init(losses: [loss], metrics: task == .text ? metrics.reversed() : metrics)
        case .pictures:
            self.init(
                losses: [.meanAbsoluteError], metrics: [.meanAbsoluteError],
                furtherMetrics: [.meanSquaredError])
        case .unlabelled:
            self.init(
                losses: [.meanSquaredError], metrics: [.meanSquaredError],
                furtherMetrics: [.meanAbsoluteError], targets: .input)
        case .detection, .instances:
            throw CognitronError(
                .argument, model.name ?? "the model", "has no recipe for \(task.name)",
                advice: "give its ModelName a recipe")
        }
    }
}

extension TaskRecipe {
    /// Says whether two samples are of the same class: binary cross-entropy, judged by accuracy, with the
    /// area under the ROC curve.
    static func verification(labelSmoothing: Float) -> TaskRecipe {
        TaskRecipe(
            losses: [.binaryCrossentropy(labelSmoothing: labelSmoothing)], metrics: [.binaryAccuracy],
            furtherMetrics: [.auc], targets: .pairs)
    }
}

extension Loss {
    /// (prediction − target)² / variance, the mean over a sample's targets; without a variance the mean
    /// squared error.
    fileprivate static func scaledSquaredError(_ variance: Tensor?) -> Loss {
        guard let variance else { return .meanSquaredError }
        return Loss("scaled_squared_error") { prediction, target in
            let difference = prediction - target  // (N, T)
            let scaled = difference / variance
            return ((difference * scaled).mean(axes: [-1]), scaled * (2 / Float(variance.count)))
        }
    }
}
