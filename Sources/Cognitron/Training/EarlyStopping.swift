/// Ends the training when a watched number has not improved for `patience` epochs.
///
/// - Source: Keras `EarlyStopping`.
public final class EarlyStopping: Callback {
    private var monitor: Monitor
    private let patience: Int
    private let restoreBestWeights: Bool
    private var waited = 0
    private var bestWeights: [Tensor]?
    /// The epoch that training ended at, from 1; nil while it runs or where it ran to its end.
    public private(set) var stoppedEpoch: Int?

    /// - Parameters:
    ///   - name: what to watch, such as `val_loss`.
    ///   - minimumDelta: a smaller change is no improvement.
    ///   - patience: epochs without improvement to bear.
    ///   - mode: whether the number should grow or shrink.
    ///   - restoreBestWeights: whether the model is put back to its best epoch when training ends, early or not.
    public init(
        monitor name: String = "val_loss", minimumDelta: Float = 0, patience: Int = 0,
        mode: MonitorMode = .automatic, restoreBestWeights: Bool = false
    ) {
        monitor = Monitor(name, mode, minimumDelta: minimumDelta)
        self.patience = patience
        self.restoreBestWeights = restoreBestWeights
    }

    public func onTrainBegin(_ model: Model) throws {
        monitor = Monitor(monitor.name, monitor.mode, minimumDelta: monitor.minimumDelta)
        (waited, bestWeights, stoppedEpoch) = (0, nil, nil)
    }

    public func onEpochEnd(_ epoch: Int, _ scores: Scores, _ model: Model) throws {
        if try monitor.improves(scores, "EarlyStopping") {
            waited = 0
            if restoreBestWeights { bestWeights = model.parameters.map(\.value) }
            return
        }
        waited += 1
        guard waited >= max(1, patience) else { return }
        stoppedEpoch = epoch
        model.stopTraining = true
    }

    public func onTrainEnd(_ model: Model) throws {
        guard let bestWeights else { return }
        for (parameter, value) in zip(model.parameters, bestWeights) { parameter.value = value }
        self.bestWeights = nil  // so that further training need not copy what it changes
    }
}
