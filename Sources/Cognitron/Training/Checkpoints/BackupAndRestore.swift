/// Saves checkpoints during training, and resumes from the newest one when training begins: a training that
/// is killed at any moment and started again ends with the same weights, bit for bit, as one that was not.
///
///     try model.fit(x, y, epochs: 40, callbacks: [BackupAndRestore("run", saveFrequency: .steps(100))])
///
/// A checkpoint holds the networks, the optimizers with their slots, schedules, random streams, the order of
/// the data, and the state of callbacks that are `Stateful`. `fit` calls this callback after all others. A
/// second training that would write to the same folder at the same time is an error.
///
/// - Source: Keras `BackupAndRestore`.
public final class BackupAndRestore: MonitoringCallback {
    public var isForFirstRank: Bool { true }
    /// How often a checkpoint is written; with `steps`, after every epoch too.
    public typealias Frequency = SaveFrequency

    private let folder: CheckpointFolder
    private let path: String
    private let saveFrequency: Frequency
    private let deleteCheckpoint: Bool
    private let keeping: Int
    private var best: Monitor?
    private var savedSteps: Int?
    /// Held during a training.
    private var lock: FolderLock?

    var monitored: [String] { best.map { [$0.name] } ?? [] }

    /// - Parameters:
    ///   - path: the folder of the checkpoints; it is created where it is missing.
    ///   - saveFrequency: when checkpoints are written. One is also written when training is interrupted.
    ///   - deleteCheckpoint: whether the checkpoints are removed when training is complete.
    ///   - keeping: the number of checkpoints to keep.
    ///   - monitor: a score whose best epoch is kept as well, as `best-<steps>.safetensors`; nil for none.
    ///   - mode: whether that score is to be maximized or minimized.
    public init(
        _ path: String, saveFrequency: Frequency = .epoch, deleteCheckpoint: Bool = true, keeping: Int = 2,
        monitor: String? = nil, mode: MonitorMode = .automatic
    ) {
        self.path = path
        folder = CheckpointFolder(path)
        self.saveFrequency = saveFrequency
        self.deleteCheckpoint = deleteCheckpoint
        self.keeping = keeping
        best = monitor.map { Monitor($0, mode) }
    }

    public func onTrainBegin(_ model: Model) throws {
        if case .steps(let steps) = saveFrequency { try FitOptions.require("saveFrequency", steps) }
        try FitOptions.require("keeping", keeping)
        try best?.begin(model, "BackupAndRestore")
        savedSteps = nil
        try folder.prepare()
        let lock = try FolderLock(path)
        try model.trainer?.resume(from: path)
        self.lock = lock
    }

    public func onTrainBatchEnd(_ batch: Int, _ scores: Scores, _ model: Model) throws {
        guard case .steps(let steps) = saveFrequency, let trainer = model.trainer else { return }
        if trainer.stepsTaken % steps == 0 { try save(trainer) }
    }

    public func onEpochEnd(_ epoch: Int, _ scores: Scores, _ model: Model) throws {
        guard let trainer = model.trainer else { return }
        var isBest = false
        // An epoch without validation (validationFrequency) does not measure the score.
        if let name = best?.name, scores[name] != nil {
            isBest = try best?.improves(scores, "BackupAndRestore") == true
        }
        try save(trainer, isBest: isBest)
    }

    public func onTrainEnd(_ model: Model) throws {
        defer { lock = nil }
        guard let trainer = model.trainer, let run = trainer.run else { return }
        if run.hasEnded {
            if deleteCheckpoint { try folder.removeAll() }
        } else if trainer.stepsTaken != savedSteps {
            try save(trainer)
        }
    }

    private func save(_ trainer: Trainer, isBest: Bool = false) throws {
        try folder.write(trainer.saveRun(), steps: trainer.stepsTaken, keeping: keeping, isBest: isBest)
        savedSteps = trainer.stepsTaken
    }
}

extension BackupAndRestore: Stateful {
    public func saveState() -> StateTree { best?.state ?? [:] }

    public func restore(_ state: StateTree) throws { try best?.restore(state) }
}
