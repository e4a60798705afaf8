import ArgumentParser
import Cognitron
import CognitronData
import CognitronModels

/// The network and how it is trained: the options of `train` that determine the weights.
struct RecipeOptions: ParsableArguments {
    @Option(named: "Options of a proven training; those on the command line take precedence.")
    var recipe: RecipeName?

    @Option(
        named:
            "Network to train: see cognitron models. mlp is for tables, with hidden layers as in mlp:128,64. "
            + "Others with sizes are wrn-40-2, wrn-28-10:0.3 (dropout), densenet-bc-22-8, mobilenet:0.5 "
            + "(factor of the channels) and vae:16 (numbers of an autoencoder's code).")
    var model: ModelName = .vggLite

    @Option(
        help: DatasetName.help(
            """
            Data set to train on: see cognitron datasets. Your own files by their form and path, such as \
            folder:pets or csv:prices.csv.
            """, default: DatasetName(.shapes)),
        completion: DatasetName.completion, transform: DatasetName.parse)
    var dataset = DatasetName(.shapes)

    @Option(number: "Passes over the training data (default: the network's, 5 for most).")
    var epochs: Int?

    @Option(
        number: """
            Samples per training step (default: the network's: 16 for segmentation, 8 for detectors and \
            pix2pix, 64 for most).
            """)
    var batchSize: Int?

    /// That of networks without one of their own.
    private static let usualBatchSize = 64

    private static let usualEpochs = 5

    private var samplesPerStep: Int { batchSize ?? model.training.batchSize ?? Self.usualBatchSize }

    @Option(
        number: ArgumentHelp(
            """
            Run each batch in so many parts, whose gradients are averaged before the weights are updated: \
            takes less memory.
            """, valueName: "parts"))
    var accumulate = 1

    @Option(
        number: ArgumentHelp(
            """
            Cut each batch into so many parts and add their gradients in a fixed order: any number of ranks \
            under mpirun that divides it gives the same model, bit for bit. A power of two.
            """, valueName: "parts"))
    var shards: Int?

    @Flag(
        help: """
            Under mpirun, normalise batches by the statistics of all ranks, not by those of each one's part.
            """)
    var synchronizeStatistics = false

    @Option(
        number: """
            Size of the updates of the weights (default: the optimizer's: 0.01 for sgd, 0.001 for adam, \
            adamw and muon, 0.24 for airbench, 0.0002 for adversarial).
            """)
    var learningRate: Float?

    @Option(
        named: """
            Optimizer (default: the network's: adversarial for generators, adam for autoencoders, \
            segmentation and detectors, sgd for others). muon updates the convolutions, and AdamW the \
            other weights. airbench is for the model airbench94: its rates fall to 0. adversarial is \
            Adam with a beta1 of 0.5.
            """)
    var optimizer: OptimizerName?

    @Option(
        named:
            "Course of the learning rate. cosine rises for a sixth of the steps, then falls to 0; one-cycle "
            + "rises for three tenths (default: the network's, constant for most).")
    var schedule: ScheduleName?

    @Option(
        number: """
            Largest length of the gradient of all weights together (default: the network's: 1 or 5 for \
            sequences, no limit for most).
            """)
    var clipNorm: Float?

    @Option(
        number: """
            Decay rate of a moving average of the weights, from 0 to below 1, such as 0.999: the model that is \
            saved has the averages (default: none are kept).
            """)
    var ema: Float?

    @Option(
        number: """
            Share by which weights shrink at each step, times the learning rate (default: 0.004 for adamw \
            and muon, 2e-6 for airbench, 0 for the others).
            """)
    var weightDecay: Float?

    @Option(number: "Share of each label that is spread evenly over all classes, from 0 to below 1.")
    var labelSmoothing: Float = 0

    @Option(
        number: """
            Share of the tokens of a text that its writer is told at the end of the training, from 0 to 1; the \
            others are its own (scheduled sampling). The share falls evenly from 1.
            """)
    var teacherForcing: Float?

    @Option(
        help: ArgumentHelp(
            """
            Random changes of the training pictures, with commas between them, and a strength behind a \
            colon, as in flip,shift,rotate:10,cutout:8: \
            \(AugmentationName.table.names.joined(separator: ", ")).
            """, valueName: "names"),
        completion: .list(AugmentationName.table.names))
    var augment: [String] = []

    @Option(number: "Seed of all random numbers: the same seed gives the same model.")
    var seed: UInt64 = 1

    func validate() throws {
        if let epochs, epochs < 1 {
            throw ValidationError("--epochs: expected at least 1, got \(epochs)")
        }
        if let clipNorm, !(clipNorm > 0 && clipNorm.isFinite) {
            throw ValidationError("--clip-norm: expected a number above 0, got \(clipNorm)")
        }
        if let ema, !(0..<1).contains(ema) {
            throw ValidationError("--ema: expected a number from 0 to below 1, got \(ema)")
        }
        guard samplesPerStep >= 1 else {
            throw ValidationError("--batch-size: expected at least 1, got \(samplesPerStep)")
        }
        guard accumulate >= 1, samplesPerStep.isMultiple(of: accumulate) else {
            throw ValidationError(
                "--accumulate: expected a divisor of the batch size \(samplesPerStep), got \(accumulate)")
        }
        if let shards, !(shards >= 1 && shards.nonzeroBitCount == 1) {
            throw ValidationError("--shards: expected a power of two, got \(shards)")
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
        if let teacherForcing, !(0...1).contains(teacherForcing) {
            throw ValidationError("--teacher-forcing: expected a share from 0 to 1, got \(teacherForcing)")
        }
        _ = try augmentations
    }

    /// - Parameter samples: how the files of the data set become samples.
    func recipe(_ samples: SampleOptions, _ transfer: TransferRecipe?) throws -> TrainingRecipe {
        let own = model.training
        let standard = try own.optimizer.map { try OptimizerName(named: $0) } ?? .sgd
        return TrainingRecipe(
            model: model, dataset: dataset, samples: samples.options(seed: seed),
            epochs: epochs ?? own.epochs ?? Self.usualEpochs,
            batchSize: samplesPerStep, accumulate: accumulate > 1 ? accumulate : nil, shards: shards,
            synchronizesStatistics: synchronizeStatistics ? true : nil,
            optimizer: optimizer ?? standard, learningRate: learningRate ?? own.learningRate,
            schedule: try schedule ?? own.schedule.map { try ScheduleName(named: $0) } ?? .constant,
            clipNorm: clipNorm ?? own.clipNorm, ema: ema, weightDecay: weightDecay,
            labelSmoothing: labelSmoothing, teacherForcing: teacherForcing,
            augmentations: try augmentations,
            seed: seed, transfer: transfer)
    }

    private var augmentations: [AugmentationName] {
        get throws {
            try augment.flatMap { $0.split(separator: ",") }.map { word in
                do {
                    return try AugmentationName(named: word.filter { !$0.isWhitespace })
                } catch let error as CognitronError {
                    let advice = error.advice.map { "; \($0)" } ?? ""
                    throw ValidationError(
                        "--augment: expected \(error.expected ?? ""), got \(word)\(advice)")
                }
            }
        }
    }
}
