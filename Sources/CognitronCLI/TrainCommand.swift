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
            The model is saved after every epoch. Ctrl-C, SIGTERM or a lost terminal ends the training after \
            the current step and saves it; a second signal ends it at once. Where nobody reads the output \
            any more, the training goes on without it.

            With --checkpoint DIR a training can be killed at any moment: --resume DIR goes on where it was, with any \
            number of threads, to the same model file, byte for byte.
            """
    )

    @Option(help: "What to train.")
    var model: ModelName = .vggLite

    @Option(help: "What to train it on. shapes are drawn by the program; the others are read or downloaded.")
    var dataset: Dataset = .shapes

    // Numbers are parsed unconditionally, so that -1 is an invalid number and not an unknown option.
    @Option(parsing: .unconditional, help: "Passes over the data.")
    var epochs = 5

    @Option(parsing: .unconditional, help: "Pictures a step.")
    var batchSize = 64

    @Option(parsing: .unconditional, help: "Step size (default: 0.01 for sgd, 0.001 for the others).")
    var learningRate: Float?

    @Option(help: "Rule that moves the weights; muon those of convolutions, with AdamW for the rest.")
    var optimizer: OptimizerName = .sgd

    @Option(
        help:
            "How the step size goes: constant, or cosine: it grows for a sixth of the steps, then falls to 0."
    )
    var schedule: ScheduleName = .constant

    @Option(
        parsing: .unconditional, help: "How much weights shrink at a step, times the step size."
    )
    var weightDecay: Float?

    @Option(
        parsing: .unconditional,
        help: "Share of every label that is spread over all classes, from 0 to below 1."
    )
    var labelSmoothing: Float = 0

    @Flag(
        help:
            "Mirror the training pictures every other epoch, and shift them at random (crop with a padding of 4)."
    )
    var augment = false

    @Option(
        parsing: .unconditional,
        help: "Blacken a square of so many pixels a side in every training picture.")
    var cutout: Int?

    @Option(
        parsing: .unconditional,
        help: "Where all random numbers come from: the same seed gives the same model.")
    var seed: UInt64 = 1

    @Option(help: "File to save the model to (default: MODEL-DATASET.safetensors).")
    var output: String?

    @Option(help: "Folder to keep checkpoints in, from which --resume goes on.")
    var checkpoint: String?

    @Option(
        parsing: .unconditional,
        help: "Steps from one checkpoint to the next (default: one after every epoch).")
    var checkpointEvery: Int?

    @Option(
        help: "Go on with the training whose checkpoints are in this folder. Takes its settings from there.")
    var resume: String?

    @Option(parsing: .unconditional, help: "Threads that make batches beside the step.")
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
                labelSmoothing: labelSmoothing, augment: augment, cutout: cutout, seed: seed),
            output: output ?? "\(model.rawValue)-\(dataset.rawValue).safetensors", data: data.data,
            checkpoint: checkpoint, checkpointEvery: checkpointEvery)
    }

    /// Throws where options are given that the folder to resume from determines.
    private func requireOnlyResume() throws {
        guard resume != nil, plan != (try TrainCommand.parse([])).plan else { return }
        throw ValidationError(
            "--resume: the settings are those of the folder; leave out all options but --threads and --makers"
        )
    }
}

/// The schedules of the command line.
enum ScheduleName: String, CaseIterable, Codable, ExpressibleByArgument {
    case constant, cosine

    /// Returns the schedule with the peak learning rate `highest`; nil for a constant one.
    func scheduler(_ highest: Float, epochs: Int, batches: Int) -> LearningRateScheduler? {
        guard self == .cosine else { return nil }
        let (product, overflow) = epochs.multipliedReportingOverflow(by: batches)
        let steps = overflow ? .max : product
        let warmupSteps = steps / 6
        return LearningRateScheduler(
            CosineDecay(
                initialLearningRate: highest / 10, decaySteps: steps - warmupSteps, warmupTarget: highest,
                warmupSteps: warmupSteps))
    }
}

/// The optimizers of the command line.
enum OptimizerName: String, CaseIterable, Codable, ExpressibleByArgument {
    case sgd, adam, adamw, rmsprop, muon

    /// Ratio of AdamW's learning rate to Muon's.
    private static let adamRatio: Float = 0.15

    /// Returns the optimizer with the given learning rate and weight decay or its defaults; sgd has a
    /// momentum of 0.9. muon updates the convolutions only: with it, wide dense layers overfit
    /// (docs/RESULTS.md). AdamW updates all other weights, with the same weight decay per step.
    func make(for model: Model, _ learningRate: Float?, _ weightDecay: Float?) -> any Optimizer {
        switch self {
        case .sgd:
            return SGD(learningRate: learningRate ?? 0.01, momentum: 0.9, weightDecay: weightDecay ?? 0)
        case .adam: return Adam(learningRate: learningRate ?? 0.001, weightDecay: weightDecay ?? 0)
        case .adamw: return AdamW(learningRate: learningRate ?? 0.001, weightDecay: weightDecay ?? 0.004)
        case .rmsprop: return RMSprop(learningRate: learningRate ?? 0.001, weightDecay: weightDecay ?? 0)
        case .muon:
            let weightDecay = weightDecay ?? 0.004
            return Muon(
                learningRate: learningRate ?? 0.001, weightDecay: weightDecay,
                excludeLayers: Self.denseLayers(of: model), adamLearningRateRatio: Self.adamRatio,
                adamWeightDecay: weightDecay / Self.adamRatio)
        }
    }

    /// The names of layers whose kernels are (inputs, units).
    private static func denseLayers(of model: Model) -> [String] {
        model.parameters.filter { $0.shape.count == 2 }.compactMap {
            $0.name.split(separator: "/").dropLast().last.map(String.init)
        }
    }
}
