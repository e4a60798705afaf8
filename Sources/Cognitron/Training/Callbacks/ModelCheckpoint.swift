/// Saves the model after every epoch or some steps, or whenever it is the best so far. Saves one network of a
/// trainer of several.
///
///     ModelCheckpoint("best-{epoch:02d}-{val_loss:.2f}.safetensors", saveBestOnly: true)
///
/// - Source: Keras `ModelCheckpoint`.
public final class ModelCheckpoint: MonitoringCallback {
    public var isForFirstRank: Bool { true }
    private let path: CheckpointPath
    private var monitor: Monitor
    private let verbose: Bool
    private let saveBestOnly: Bool
    private let saveWeightsOnly: Bool
    private let saveFreq: SaveFrequency
    private let initialValueThreshold: Float?
    private let network: String?
    /// The number of steps since the last save.
    private var stepsSinceSave = 0

    var monitored: [String] { (saveBestOnly ? [monitor.name] : []) + path.scoreNames }

    /// - Parameters:
    ///   - path: the file to write. `{epoch}` stands for the epoch's number, `{batch}` for that of the last
    ///     batch, both from 1, and `{name}` for the score of that name, with Python's formats for numbers:
    ///     `model-{epoch:02d}-{val_loss:.2f}.safetensors`.
    ///   - name: the score that decides which model is the best.
    ///   - verbose: whether each save is printed.
    ///   - saveBestOnly: whether only a model better than all before is saved.
    ///   - saveWeightsOnly: whether the file holds the weights only, for `load(_:)`, and not the layers.
    ///   - mode: whether the score is to be maximized or minimized.
    ///   - saveFreq: with `.steps`, scores are the means over the epoch so far; those of the validation data
    ///     are not measured then.
    ///   - initialValueThreshold: the value that the first model must improve on to be saved.
    ///   - network: the name of the trainer's network to save; nil for the first.
    public init(
        _ path: String, monitor name: String = "val_loss", verbose: Bool = false, saveBestOnly: Bool = false,
        saveWeightsOnly: Bool = false, mode: MonitorMode = .automatic, saveFreq: SaveFrequency = .epoch,
        initialValueThreshold: Float? = nil, network: String? = nil
    ) {
        self.path = CheckpointPath(path)
        monitor = Monitor(name, mode)
        self.verbose = verbose
        self.saveBestOnly = saveBestOnly
        self.saveWeightsOnly = saveWeightsOnly
        self.saveFreq = saveFreq
        self.initialValueThreshold = initialValueThreshold
        self.network = network
    }

    /// - Throws: `CognitronError` where an argument is invalid, or the monitored score's direction unknown.
    public func onTrainBegin(_ model: Model) throws {
        try path.validate()
        if case .steps(let steps) = saveFreq {
            try FitOptions.require("saveFreq", steps)
            try requireScoresWithinEpochs()
        }
        if let network { _ = try model.requireNetwork(network, "ModelCheckpoint") }
        if saveBestOnly { try monitor.begin(model, "ModelCheckpoint", initial: initialValueThreshold) }
        stepsSinceSave = 0
    }

    public func onTrainBatchEnd(_ batch: Int, _ scores: Scores, _ model: Model) throws {
        guard case .steps(let steps) = saveFreq, let run = model.trainer?.run else { return }
        stepsSinceSave += 1
        guard stepsSinceSave >= steps else { return }
        stepsSinceSave = 0
        try save(run.epoch, batch, scores, model)
    }

    public func onEpochEnd(_ epoch: Int, _ scores: Scores, _ model: Model) throws {
        guard saveFreq == .epoch else { return }
        try save(epoch, model.trainer?.run?.batchesOfEpoch ?? 0, scores, model)
    }

    private func save(_ epoch: Int, _ batch: Int, _ scores: Scores, _ model: Model) throws {
        let before = monitor.best
        if saveBestOnly {
            if monitor.isUnmeasured(scores) { return }
            guard try monitor.improves(scores, "ModelCheckpoint") else {
                if verbose, let before {
                    model.announce("Epoch \(epoch): \(monitor.name) did not improve from \(before.text)")
                }
                return
            }
        }
        let network = try network.map { try model.requireNetwork($0, "ModelCheckpoint") } ?? model
        let file = try path.filled(epoch, batch: batch, scores)
        if saveWeightsOnly { try network.saveWeights(file) } else { try network.save(file) }
        if verbose { model.announce("Epoch \(epoch): \(improvement(from: before))saving model to \(file)") }
    }

    private func improvement(from before: Float?) -> String {
        guard saveBestOnly, let best = monitor.best else { return "" }
        return "\(monitor.name) improved\(before.map { " from \($0.text)" } ?? "") to \(best.text), "
    }

    /// Throws where a score of the validation data is asked for within epochs.
    private func requireScoresWithinEpochs() throws {
        guard let name = monitored.first(where: { $0.hasPrefix("val_") }) else { return }
        throw CognitronError(
            .argument, "ModelCheckpoint", "\(name) is not measured within an epoch",
            expected: "a score of the training data", got: name,
            advice: "save after epochs, or monitor another score")
    }
}

extension ModelCheckpoint: Stateful {
    public func saveState() -> StateTree {
        ["monitor": monitor.state, "stepsSinceSave": .integer(stepsSinceSave)]
    }

    public func restore(_ state: StateTree) throws {
        // Checkpoints of earlier versions hold the monitor's state alone.
        try monitor.restore(try state.getIfPresent("monitor") ?? state)
        stepsSinceSave = try state.getIfPresent("stepsSinceSave") ?? 0
    }
}
