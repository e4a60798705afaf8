/// Saves the model after every epoch, or after every best one.
///
/// - Source: Keras `ModelCheckpoint`.
public final class ModelCheckpoint: Callback {
    private let path: String
    private var monitor: Monitor
    private let saveBestOnly: Bool

    /// - Parameters:
    ///   - path: the file to write; `{epoch}` in it becomes the epoch's number.
    ///   - name: what decides which epoch is the best.
    ///   - saveBestOnly: whether a worse epoch is not saved.
    ///   - mode: whether the number should grow or shrink.
    public init(
        _ path: String, monitor name: String = "val_loss", saveBestOnly: Bool = false,
        mode: MonitorMode = .automatic
    ) {
        self.path = path
        monitor = Monitor(name, mode)
        self.saveBestOnly = saveBestOnly
    }

    public func onEpochEnd(_ epoch: Int, _ scores: Scores, _ model: Model) throws {
        if saveBestOnly, try !monitor.improves(scores, "ModelCheckpoint") { return }
        try model.save(path.replacing("{epoch}", with: String(epoch)))
    }
}
