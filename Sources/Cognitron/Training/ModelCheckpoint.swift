/// Saves the model after every epoch, or after every best one. Saves one network of a trainer of several.
///
/// - Source: Keras `ModelCheckpoint`.
public final class ModelCheckpoint: MonitoringCallback {
    private let path: CheckpointPath
    private var monitor: Monitor
    private let saveBestOnly: Bool
    private let network: String?

    var monitored: [String] { (saveBestOnly ? [monitor.name] : []) + path.scoreNames }

    /// - Parameters:
    ///   - path: the file to write. `{epoch}` stands for the epoch's number and `{name}` for the score of
    ///     that name, with Python's formats for numbers: `model-{epoch:02d}-{val_loss:.2f}.safetensors`.
    ///   - name: the score that decides which epoch is the best.
    ///   - saveBestOnly: whether only an epoch better than all before is saved.
    ///   - mode: whether the score is to be maximized or minimized.
    ///   - network: the name of the trainer's network to save; nil for the first.
    public init(
        _ path: String, monitor name: String = "val_loss", saveBestOnly: Bool = false,
        mode: MonitorMode = .automatic, network: String? = nil
    ) {
        self.network = network
        self.path = CheckpointPath(path)
        monitor = Monitor(name, mode)
        self.saveBestOnly = saveBestOnly
    }

    public func onTrainBegin(_ model: Model) throws {
        try path.validate()
        if let network { _ = try model.requireNetwork(network, "ModelCheckpoint") }
        if saveBestOnly { try monitor.begin(model, "ModelCheckpoint") }
    }

    public func onEpochEnd(_ epoch: Int, _ scores: Scores, _ model: Model) throws {
        if saveBestOnly {
            if monitor.name.hasPrefix("val_"), scores[monitor.name] == nil { return }
            guard try monitor.improves(scores, "ModelCheckpoint") else { return }
        }
        let model = try network.map { try model.requireNetwork($0, "ModelCheckpoint") } ?? model
        try model.save(try path.filled(epoch, scores))
    }
}

extension ModelCheckpoint: Stateful {
    public func saveState() -> StateTree { monitor.state }
    public func restore(_ state: StateTree) throws { try monitor.restore(state) }
}
