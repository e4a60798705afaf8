import ArgumentParser
import Cognitron
import CognitronData
import CognitronModels
import Foundation

/// `cognitron train`: trains a model and saves it with its history.
struct TrainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "train", abstract: "Trains a model on a data set and saves it.",
        discussion:
            "The model is saved after every epoch. Ctrl-C ends the training after the current step and saves it."
    )

    @Option(help: "What to train.")
    var model: ModelName = .vggLite

    @Option(help: "What to train it on. shapes are drawn by the program; the others are read or downloaded.")
    var dataset: Dataset = .shapes

    @Option(help: "Passes over the data.")
    var epochs = 5

    @Option(help: "Pictures a step.")
    var batchSize = 64

    @Option(help: "Step size (default: 0.01 for sgd, 0.001 for the others).")
    var learningRate: Float?

    @Option(help: "Rule that moves the weights.")
    var optimizer: OptimizerName = .sgd

    @Option(help: "Where all random numbers come from: the same seed gives the same model.")
    var seed: UInt64 = 1

    @Option(help: "File to save the model to (default: MODEL-DATASET.safetensors).")
    var output: String?

    @OptionGroup var data: DataOptions
    @OptionGroup var threads: ThreadOptions

    func validate() throws {
        guard epochs >= 1 else { throw ValidationError("--epochs: expected at least 1, got \(epochs)") }
        guard batchSize >= 1 else {
            throw ValidationError("--batch-size: expected at least 1, got \(batchSize)")
        }
        if let learningRate, !(learningRate > 0 && learningRate.isFinite) {
            throw ValidationError("--learning-rate: expected a number above 0, got \(learningRate)")
        }
    }

    func run() throws {
        threads.apply()
        let path = output ?? "\(model.rawValue)-\(dataset.rawValue).safetensors"
        let historyPath = Self.historyPath(path)
        try Self.requireWritable(path)
        let inputShape = model.inputShape(for: dataset)
        let training = try data.load(dataset, .train, for: inputShape)
        let test = try data.load(dataset, .test, for: inputShape)
        let network = try model.make(inputShape: inputShape, classCount: training.classNames.count)
        ModelFile.describe(network, dataset, classNames: training.classNames)
        try network.compile(
            optimizer: optimizer.make(learningRate), loss: .sparseCategoricalCrossentropy,
            metrics: [.accuracy],
            seed: seed)
        print(
            "Training \(model.rawValue) (\(network.parameterCount) parameters) on \(training.count) pictures of "
                + "\(dataset.rawValue), \(Threads.count) threads")
        let interruption = Interruption()
        let history = try network.fit(
            training.images, training.labels, batchSize: batchSize, epochs: epochs,
            validationData: (test.images, test.labels), callbacks: [ModelCheckpoint(path), interruption])
        try network.save(path)
        try AtomicFile.write(try JSONEncoder().encode(history), to: historyPath)
        if interruption.happened { print("Interrupted: the model is saved as it was after its last step.") }
        if let accuracy = history["val_accuracy"].last {
            print("Test accuracy \(Self.percent(accuracy)) on \(test.count) pictures")
        }
        print("Wrote \(path)\nWrote \(historyPath)")
        if interruption.happened { throw ExitCode(130) }
        print("Next: \(Self.program) predict \(path) 0 1 2")
    }

    /// `net.safetensors` → `net.history.json`
    private static func historyPath(_ path: String) -> String {
        let suffix = ".safetensors"
        return (path.hasSuffix(suffix) ? String(path.dropLast(suffix.count)) : path) + ".history.json"
    }

    /// Finds out before the training, not after it, that the result could not be saved.
    private static func requireWritable(_ path: String) throws {
        var isFolder: ObjCBool = false
        if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue {
            throw CognitronError(
                .file, path, "is a folder", expected: "the name of a file",
                advice: "add a file name to --output")
        }
        let probe = path + ".probe"
        try AtomicFile.write(Data(), to: probe)
        unlink(probe)
    }

    /// How the user can call this program again: a build inside a checkout is not in PATH.
    private static var program: String {
        CommandLine.arguments.first?.contains("/.build/") == true
            ? "swift run -c release cognitron" : "cognitron"
    }

    static func percent(_ share: Float) -> String { String(format: "%.2f %%", share * 100) }
}

/// The optimizers the command line knows.
enum OptimizerName: String, CaseIterable, ExpressibleByArgument {
    case sgd, adam, adamw, rmsprop

    /// The optimizer with the given step size or its own; sgd has a momentum of 0.9.
    func make(_ learningRate: Float?) -> any Optimizer {
        switch self {
        case .sgd: SGD(learningRate: learningRate ?? 0.01, momentum: 0.9)
        case .adam: Adam(learningRate: learningRate ?? 0.001)
        case .adamw: AdamW(learningRate: learningRate ?? 0.001)
        case .rmsprop: RMSprop(learningRate: learningRate ?? 0.001)
        }
    }
}
