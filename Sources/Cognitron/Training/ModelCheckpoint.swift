/// Saves the model after every epoch, or after every best one. Of a trainer's several networks it saves one.
///
/// - Source: Keras `ModelCheckpoint`.
public final class ModelCheckpoint: MonitoringCallback {
    private let path: CheckpointPath
    private var monitor: Monitor
    private let saveBestOnly: Bool
    private let network: String?

    var watched: [String] { (saveBestOnly ? [monitor.name] : []) + path.scoreNames }

    /// - Parameters:
    ///   - path: the file to write. `{epoch}` in it becomes the epoch's number and `{name}` the score of that
    ///     name, with Python's formats for whole and decimal numbers: `model-{epoch:02d}-{val_loss:.2f}.safetensors`.
    ///   - name: what decides which epoch is the best.
    ///   - saveBestOnly: whether a worse epoch is not saved.
    ///   - mode: whether the number should grow or shrink.
    ///   - network: the network of a trainer to save; nil for the first.
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
