import CognitronKernels
import Foundation

/// Writes scores and the distributions of weights for TensorBoard, as Keras does: those of training into
/// `logDir/train`, those of the validation data into `logDir/validation`.
///
///     try model.fit(x, y, epochs: 10, callbacks: [TensorBoard("logs", histogramFreq: 1)])
///     // tensorboard --logdir logs
///
/// The tags are Keras's: `epoch_loss`, `epoch_learning_rate`, `batch_loss`, `dense/kernel/histogram`. Epochs
/// count from 1. A training that is resumed from a checkpoint continues its files, with every value once.
///
/// The graph shows each layer, those of inner models by their paths. Hyper-parameters, with which TensorBoard
/// compares trainings, are values of the caller's; so are pictures (`addImage`).
///
/// - Source: Keras `TensorBoard`; for hyper-parameters TensorBoard's `hparams.KerasCallback`. Embeddings and
///   profiles are not written.
public final class TensorBoard: Callback {
    public var isForFirstRank: Bool { true }
    /// When the scores of single batches are written.
    public enum UpdateFrequency: Sendable, Hashable {
        /// Never: those of epochs only.
        case epoch
        case batch
        /// After each multiple of this number of steps.
        case steps(Int)
    }

    private let logDir: String
    private let histogramFreq: Int
    private let writeGraph: Bool
    private let writeStepsPerSecond: Bool
    private let updateFreq: UpdateFrequency
    private let hyperparameters: [(name: String, value: Hyperparameter)]
    /// What the file of the training begins with.
    private var prologue: [UInt8] = []
    /// The name that both folders' files have, and the files.
    private var name = ""
    private var files: [String: LogFile] = [:]
    private var epochBegan = (time: ContinuousClock.now, steps: 0)

    /// - Parameters:
    ///   - logDir: the folder of the logs; created where it is missing.
    ///   - histogramFreq: epochs between two histograms of all weights and statistics; 0 for none.
    ///   - writeGraph: whether the network's layers and their wiring are written.
    ///   - writeStepsPerSecond: whether the speed of each epoch is written, as `epoch_steps_per_second`.
    ///   - updateFreq: when the scores of batches, means over the epoch so far, are written.
    ///   - hyperparameters: what distinguishes this training: `["units": 64, "optimizer": "adam"]`.
    public init(
        _ logDir: String = "logs", histogramFreq: Int = 0, writeGraph: Bool = true,
        writeStepsPerSecond: Bool = false, updateFreq: UpdateFrequency = .epoch,
        hyperparameters: KeyValuePairs<String, Hyperparameter> = [:]
    ) {
        self.logDir = logDir
        self.histogramFreq = histogramFreq
        self.writeGraph = writeGraph
        self.writeStepsPerSecond = writeStepsPerSecond
        self.updateFreq = updateFreq
        self.hyperparameters = hyperparameters.map { ($0.key, $0.value) }
    }

    /// - Throws: `CognitronError` where an argument is out of range or the folder cannot be made.
    public func onTrainBegin(_ model: Model) throws {
        try FitOptions.require("histogramFreq", histogramFreq, atLeast: 0)
        if case .steps(let steps) = updateFreq { try FitOptions.require("updateFreq", steps) }
        try make(logDir)
        // Files are made when they are written, after a checkpoint that names others may have been restored.
        use(freeName())
        prologue =
            writeGraph ? EventRecord.graph(ModelGraph.definition(of: networks(model)), at: Self.now) : []
        if !hyperparameters.isEmpty {
            prologue += EventRecord.sessionStart(hyperparameters, group: logDir, at: Self.now)
        }
    }

    public func onTrainEnd(_ model: Model) throws {
        guard !hyperparameters.isEmpty else { return }
        try write(EventRecord.sessionEnd(at: Self.now), "train")
    }

    /// Writes a picture, for example of what the network makes of a sample, into the file of the training.
    /// To be called during a training, by a callback after this one.
    ///
    /// - Parameters:
    ///   - tag: the picture's name; those of one name follow each other.
    ///   - png: a PNG file.
    ///   - step: the epoch, or what else counts the pictures of a name.
    /// - Throws: `CognitronError` where `png` is none, no training has begun, or the file cannot be written.
    public func addImage(_ tag: String, png: Data, step: Int) throws {
        let header = try PNGHeader(png, tag)
        guard !name.isEmpty else {
            throw CognitronError(
                .argument, tag, "is a picture of no training", advice: "add pictures during fit")
        }
        try write(EventRecord.image(tag, png: header, step: step, at: Self.now), "train")
    }

    public func onEpochBegin(_ epoch: Int, _ model: Model) throws {
        epochBegan = (.now, model.trainer?.stepsTaken ?? 0)
    }

    public func onTrainBatchEnd(_ batch: Int, _ scores: Scores, _ model: Model) throws {
        guard let step = model.trainer?.stepsTaken else { return }
        switch updateFreq {
        case .epoch: return
        case .steps(let steps) where step % steps != 0: return
        case .batch, .steps: break
        }
        try write(scores.pairs.map { ("batch_\($0.name)", $0.value) }, "train", step: step)
    }

    public func onEpochEnd(_ epoch: Int, _ scores: Scores, _ model: Model) throws {
        var training = scores.pairs.filter { !$0.name.hasPrefix("val_") }
        let validation = scores.pairs.filter { $0.name.hasPrefix("val_") }
        if let optimizer = model.trainer?.optimizers.first?.value {
            training.append(("learning_rate", optimizer.learningRate))
        }
        if writeStepsPerSecond, let steps = model.trainer?.stepsTaken {
            let seconds = max(1e-9, (ContinuousClock.now - epochBegan.time) / .seconds(1))
            training.append(("steps_per_second", Float(Double(steps - epochBegan.steps) / seconds)))
        }
        try write(training.map { ("epoch_\($0.name)", $0.value) }, "train", step: epoch)
        try write(validation.map { ("epoch_\($0.name.dropFirst(4))", $0.value) }, "validation", step: epoch)
        guard histogramFreq > 0, epoch % histogramFreq == 0 else { return }
        try writeHistograms(of: model, epoch)
    }

    private func writeHistograms(of model: Model, _ epoch: Int) throws {
        let networks = networks(model)
        var records: [UInt8] = []
        for (name, network) in networks {
            for (path, parameter) in network.namedParameters {
                let tag = (networks.count == 1 ? "" : "\(name)/") + "\(path)/histogram"
                records += EventRecord.histogram(
                    tag, Histogram(parameter.value), step: epoch, at: Self.now)
            }
        }
        try write(records, "train")
    }

    private func networks(_ model: Model) -> [(name: String, network: Model)] {
        model.trainer.map { $0.networks.map { ($0.name, $0.value) } } ?? [("", model)]
    }

    private func write(_ values: [(tag: String, value: Float)], _ folder: String, step: Int) throws {
        guard !values.isEmpty else { return }
        try write(
            values.flatMap { EventRecord.scalar($0.tag, $0.value, step: step, at: Self.now) }, folder)
    }

    /// Appends records to the file of a folder.
    private func write(_ records: [UInt8], _ folder: String) throws {
        let isEmpty = files[folder]?.isEmpty ?? true
        if isEmpty { try make("\(logDir)/\(folder)") }
        let start = isEmpty ? EventRecord.version(at: Self.now) + (folder == "train" ? prologue : []) : []
        try files[folder]?.write(start + records)
    }

    private func make(_ path: String) throws {
        do {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        } catch {
            throw CognitronError(
                .file, path, "cannot be made a folder", advice: "name a folder that you may write to")
        }
    }

    /// A name that TensorBoard recognises and no file has.
    private func freeName() -> String {
        let process = ProcessInfo.processInfo
        let stem = "events.out.tfevents.\(Int(Self.now)).\(process.hostName).\(process.processIdentifier)"
        let taken = Set(
            Self.folders.flatMap {
                (try? FileManager.default.contentsOfDirectory(atPath: "\(logDir)/\($0)")) ?? []
            })
        var number = 0
        while taken.contains("\(stem).\(number)") { number += 1 }
        return "\(stem).\(number)"
    }

    private func use(_ name: String) {
        self.name = name
        files = Dictionary(
            uniqueKeysWithValues: Self.folders.map {
                ($0, LogFile("\(logDir)/\($0)/\(name)", append: false))
            })
    }

    private static let folders = ["train", "validation"]

    /// Seconds since 1970.
    private static var now: Double { Date().timeIntervalSince1970 }
}

extension TensorBoard: Stateful {
    public func saveState() -> StateTree {
        ["name": StateTree(name), "files": .record(files.mapValues(\.state))]
    }

    public func restore(_ state: StateTree) throws {
        let states: StateTree = try state.get("files")
        use(try state.get("name"))
        for folder in Self.folders { try files[folder]?.restore(try states.get(folder)) }
    }
}
