import ArgumentParser
import Cognitron
import CognitronData
import CognitronModels
import Foundation

/// `cognitron train`: trains a model and saves it with its history.
struct TrainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "train", abstract: "Trains a model on a data set and saves it.",
        usage: "cognitron train [<options>]",
        discussion:
            """
            Example: cognitron train --model lenet --dataset shapes --epochs 3

            The model is saved after every epoch. Ctrl-C, SIGTERM or a lost terminal ends the training after \
            the current step and saves the model; a second signal ends it at once. Output that cannot be \
            written does not stop the training.

            With --checkpoint DIR a training can be killed at any moment: --resume DIR continues it, with \
            any number of threads, and ends with the same model file, byte for byte.

            When the loss or a gradient is not finite, training ends; the error names the layer and the \
            images where it began, and cognitron replay repeats the step.
            """
    )

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

    @Option(
        help: ArgumentHelp(
            "File for the trained model (default: MODEL-DATASET.safetensors).", valueName: "file"))
    var output: String?

    @Option(
        help: ArgumentHelp("New folder for checkpoints, which --resume continues from.", valueName: "dir"))
    var checkpoint: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Training steps between checkpoints (default: one checkpoint per epoch).", valueName: "steps"))
    var checkpointEvery: Int?

    @Option(
        help: ArgumentHelp(
            "Continue the training whose checkpoints are in this folder, with its settings.", valueName: "dir"
        ))
    var resume: String?

    @Option(parsing: .unconditional, help: "Threads that prepare batches while the network trains.")
    var makers = 1

    @OptionGroup var data: DataOptions
    @OptionGroup var threads: ThreadOptions

    func validate() throws {
        guard epochs >= 1 else { throw ValidationError("--epochs: expected at least 1, got \(epochs)") }
        if output == "" { throw ValidationError("--output: expected the name of a file, got none") }
        if let output, output.contains("{epoch}") {
            // ModelCheckpoint would write one file per epoch for such a name.
            throw ValidationError(
                "--output: expected the name of one file, which every epoch replaces, got \(output)")
        }
        if let checkpointEvery {
            guard checkpoint != nil else {
                throw ValidationError("--checkpoint-every: needs --checkpoint DIR")
            }
            guard checkpointEvery >= 1 else {
                throw ValidationError("--checkpoint-every: expected at least 1, got \(checkpointEvery)")
            }
        }
        for (option, value) in [("--checkpoint", checkpoint), ("--resume", resume)] where value == "" {
            throw ValidationError("\(option): expected the name of a folder, got none")
        }
        guard makers >= 1 else { throw ValidationError("--makers: expected at least 1, got \(makers)") }
        try requireOnlyResume()
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

    func run() throws {
        try threads.apply()
        guard let resume else {
            try plan.writeToFolder()
            return try TrainingSession(plan: plan, makers: makers).run(data)
        }
        let plan = try TrainingPlan(folder: resume)
        var data = data
        data.data = plan.data
        try TrainingSession(plan: plan, makers: makers).run(data)
    }

    private var plan: TrainingPlan {
        TrainingPlan(
            recipe: TrainingRecipe(
                model: model, dataset: dataset, epochs: epochs, batchSize: batchSize, optimizer: optimizer,
                learningRate: learningRate, schedule: schedule, weightDecay: weightDecay,
                labelSmoothing: labelSmoothing, augmentations: augmentations, seed: seed),
            output: output ?? "\(model)-\(dataset).safetensors", data: data.data,
            checkpoint: checkpoint, checkpointEvery: checkpointEvery)
    }

    private var augmentations: [Augmentation] {
        (augment ? [.alternatingFlip, .randomCrop(padding: 4)] : [])
            + (cutout.map { [.cutout(size: $0)] } ?? [])
    }

    /// Throws where options are given that the folder to resume from determines.
    private func requireOnlyResume() throws {
        guard resume != nil, plan != (try TrainCommand.parse([])).plan else { return }
        throw ValidationError(
            "--resume: the settings are those of the folder; leave out all options but --threads and --makers"
        )
    }
}
