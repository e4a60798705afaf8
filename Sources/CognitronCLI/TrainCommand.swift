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

    @OptionGroup var data: DataOptions
    @OptionGroup var threads: ThreadOptions

    func validate() throws {
        guard epochs >= 1 else { throw ValidationError("--epochs: expected at least 1, got \(epochs)") }
        if output == "" { throw ValidationError("--output: expected the name of a file, got none") }
        if let output, output.contains("{epoch}") {
            // ModelCheckpoint makes a file an epoch of such a name.
            throw ValidationError(
                "--output: expected the name of one file, which every epoch replaces, got \(output)")
        }
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
        let path = output ?? "\(model.rawValue)-\(dataset.rawValue).safetensors"
        let historyPath = Self.historyPath(path)
        for path in [path, historyPath] { try Self.requireWritable(path) }
        let inputShape = model.inputShape(for: dataset)
        let training = try data.load(dataset, .train, for: inputShape)
        let test = try data.load(dataset, .test, for: inputShape)
        let network = try model.make(inputShape: inputShape, classCount: training.classNames.count)
        ModelFile.describe(network, dataset, classNames: training.classNames)
        let optimizer = optimizer.make(for: network, learningRate, weightDecay)
        try network.compile(
            optimizer: optimizer, loss: .sparseCategoricalCrossentropy(labelSmoothing: labelSmoothing),
            metrics: [.accuracy], seed: seed)
        let interruption = Interruption()
        Output.note(
            "Training \(model.rawValue) (\(network.parameterCount) parameters) on \(training.count) pictures of "
                + "\(dataset.rawValue), \(ThreadOptions.description)")
        var callbacks: [any Callback] = [EpochSaver(path), interruption]
        let batchSize = min(batchSize, training.count)
        let batches = training.count / batchSize + (training.count % batchSize > 0 ? 1 : 0)
        let pictures = try training.images.augmented(augmentations)
        if let scheduler = schedule.scheduler(optimizer.learningRate, epochs: epochs, batches: batches) {
            callbacks.append(scheduler)
        }
        let history = try network.fit(
            pictures, training.labels, batchSize: batchSize, epochs: epochs,
            validationData: (test.images, test.labels), callbacks: callbacks)
        try network.save(path)
        if interruption.happened {
            Output.note("Interrupted: the model is saved as it was after its last step.")
        }
        // Of an epoch that was cut short nothing was measured, and what was before it is not what is saved.
        if let accuracy = history["val_accuracy"].last, history["val_accuracy"].count == history.epochs.count
        {
            Output.note("Test accuracy \(Self.percent(accuracy)) on \(test.count) pictures")
        }
        Output.note("Wrote \(path)")
        try AtomicFile.write(try JSONEncoder().encode(history), to: historyPath)
        Output.note("Wrote \(historyPath)")
        if let status = interruption.status { throw ExitCode(status) }
        Output.note("Next: \(Self.program) predict \(Self.quoted(path)) 0 1 2")
    }

    private var augmentations: [Augmentation] {
        (augment ? [.alternatingFlip, .randomCrop(padding: 4)] : [])
            + (cutout.map { [.cutout(size: $0)] } ?? [])
    }

    /// `net.safetensors` → `net.history.json`
    private static func historyPath(_ path: String) -> String {
        let suffix = ".safetensors"
        return (path.hasSuffix(suffix) ? String(path.dropLast(suffix.count)) : path) + ".history.json"
    }

    /// Finds out before the training, not after it, that the result could not be saved. What is there stays.
    private static func requireWritable(_ path: String) throws {
        struct Tried: Error {}
        do {
            try AtomicFile.write(to: path) { _ in throw Tried() }
        } catch is Tried {}
    }

    /// How the user can call this program again from the same folder: by SwiftPM in a checkout, else as now.
    private static var program: String {
        let path = CommandLine.arguments.first ?? "cognitron"
        guard path.hasPrefix(FileManager.default.currentDirectoryPath + "/.build/") else {
            return quoted(path)
        }
        return path.contains("/release/") ? "swift run -c release cognitron" : "swift run cognitron"
    }

    /// `word` as a shell takes it.
    private static func quoted(_ word: String) -> String {
        let isPlain = word.allSatisfy { $0.isLetter || $0.isNumber || "/._-+=@%:,".contains($0) }
        return isPlain ? word : "'\(word.replacing("'", with: "'\\''"))'"
    }

    static func percent(_ share: Float) -> String { String(format: "%.2f %%", share * 100) }
}

/// The schedules the command line knows.
enum ScheduleName: String, CaseIterable, ExpressibleByArgument {
    case constant, cosine

    /// What sets the step size, which reaches `highest`; nil where it stays there.
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

/// The optimizers the command line knows.
enum OptimizerName: String, CaseIterable, ExpressibleByArgument {
    case sgd, adam, adamw, rmsprop, muon

    /// AdamW's step size beside Muon's.
    private static let adamRatio: Float = 0.15

    /// The optimizer with the given step size and weight decay or its own; sgd has a momentum of 0.9. muon is for the
    /// convolutions alone: wide dense layers after them learn the pictures by heart with it (docs/RESULTS.md). All other
    /// weights go by AdamW, and shrink alike.
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

    /// The names of the layers whose kernels are (inputs, units).
    private static func denseLayers(of model: Model) -> [String] {
        model.parameters.filter { $0.shape.count == 2 }.compactMap {
            $0.name.split(separator: "/").dropLast().last.map(String.init)
        }
    }
}
