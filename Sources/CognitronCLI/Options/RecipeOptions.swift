import ArgumentParser
import Cognitron
import CognitronData
import CognitronModels

/// The network and how it is trained: the options of `train` that determine the weights.
struct RecipeOptions: ParsableArguments {
    @Option(named: "Network to train.")
    var model: ModelName = .vggLite

    @Option(
        named: "Data set to train on: see cognitron datasets. shapes is drawn by the program; the others are "
            + "read from disk or downloaded.")
    var dataset: Dataset = .shapes

    // Numbers are parsed unconditionally, so that -1 is an invalid number and not an unknown option.
    @Option(parsing: .unconditional, help: "Passes over the training data.")
    var epochs = 5

    @Option(parsing: .unconditional, help: "Images per training step.")
    var batchSize = 64

    @Option(
        parsing: .unconditional,
        help: "Size of the updates of the weights (default: 0.01 for sgd, 0.001 for the others).")
    var learningRate: Float?

    @Option(named: "Optimizer. muon updates the convolutions, and AdamW the other weights.")
    var optimizer: OptimizerName = .sgd

    @Option(
        named: "Course of the learning rate. cosine rises for a sixth of the steps, then falls to 0.")
    var schedule: ScheduleName = .constant

    @Option(
        parsing: .unconditional,
        help: """
            Share by which weights shrink at each step, times the learning rate (default: 0.004 for adamw \
            and muon, 0 for the others).
            """)
    var weightDecay: Float?

    @Option(
        parsing: .unconditional,
        help: "Share of each label that is spread evenly over all classes, from 0 to below 1."
    )
    var labelSmoothing: Float = 0

    @Flag(
        help:
            "Augment the training images: mirror each in every other epoch, and shift it by up to 4 pixels."
    )
    var augment = false

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Augment the training images: set a random square of this many pixels a side to black.",
            valueName: "pixels"))
    var cutout: Int?

    @Option(
        parsing: .unconditional,
        help: "Seed of all random numbers: the same seed gives the same model.")
    var seed: UInt64 = 1

    func validate() throws {
        guard epochs >= 1 else { throw ValidationError("--epochs: expected at least 1, got \(epochs)") }
        guard batchSize >= 1 else {
            throw ValidationError("--batch-size: expected at least 1, got \(batchSize)")
        }
        if let learningRate, !(learningRate > 0 && learningRate.isFinite) {
            throw ValidationError("--learning-rate: expected a number above 0, got \(learningRate)")
        }
        if let weightDecay, !(weightDecay >= 0 && weightDecay.isFinite) {
            throw ValidationError("--weight-decay: expected a number of at least 0, got \(weightDecay)")
        }
        guard (0..<1).contains(labelSmoothing) else {
            throw ValidationError(
                "--label-smoothing: expected a number from 0 to below 1, got \(labelSmoothing)")
        }
    }

    var recipe: TrainingRecipe {
        TrainingRecipe(
            model: model, dataset: dataset, epochs: epochs, batchSize: batchSize, optimizer: optimizer,
            learningRate: learningRate, schedule: schedule, weightDecay: weightDecay,
            labelSmoothing: labelSmoothing, augmentations: augmentations, seed: seed)
    }

    private var augmentations: [Augmentation] {
        (augment ? [.alternatingFlip, .randomCrop(padding: 4)] : [])
            + (cutout.map { [.cutout(size: $0)] } ?? [])
    }
}
