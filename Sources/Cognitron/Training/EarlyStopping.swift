/// Ends the training when a watched number has not improved for `patience` epochs.
///
/// - Source: Keras `EarlyStopping`.
public final class EarlyStopping: MonitoringCallback {
    private var monitor: Monitor
    private let patience: Int
    private let restoreBestWeights: Bool
    private let startFromEpoch: Int
    private var waited = 0
    private var bestWeights: [Tensor]?
    /// The epoch that training ended at, from 1; nil while it runs or where it ran to its end.
    public private(set) var stoppedEpoch: Int?

    var watched: [String] { [monitor.name] }

    /// - Parameters:
    ///   - name: what to watch, such as `val_loss`.
    ///   - minDelta: a smaller change is no improvement.
    ///   - patience: epochs without improvement to bear.
    ///   - mode: whether the number should grow or shrink.
    ///   - restoreBestWeights: whether the model, or each network of a trainer, is put back to its best epoch
    ///     when training ends, early or not.
    ///   - startFromEpoch: epochs at the start that are not watched.
    public init(
        monitor name: String = "val_loss", minDelta: Float = 0, patience: Int = 0,
        mode: MonitorMode = .automatic, restoreBestWeights: Bool = false, startFromEpoch: Int = 0
    ) {
        monitor = Monitor(name, mode, minDelta: minDelta)
        self.patience = patience
        self.restoreBestWeights = restoreBestWeights
        self.startFromEpoch = startFromEpoch
    }

    public func onTrainBegin(_ model: Model) throws {
        try monitor.begin(model, "EarlyStopping")
        (waited, bestWeights, stoppedEpoch) = (0, nil, nil)
    }

    public func onEpochEnd(_ epoch: Int, _ scores: Scores, _ model: Model) throws {
        guard epoch > startFromEpoch else { return }
        // Epochs that do not measure the validation data say nothing.
        if monitor.name.hasPrefix("val_"), scores[monitor.name] == nil { return }
        if try monitor.improves(scores, "EarlyStopping") {
            waited = 0
            if restoreBestWeights { bestWeights = model.trainedParameters.map(\.value) }
            return
        }
        waited += 1
        guard waited >= max(1, patience) else { return }
        stoppedEpoch = epoch
        model.stopTraining = true
    }

    public func onTrainEnd(_ model: Model) throws {
        guard let bestWeights else { return }
        for (parameter, value) in zip(model.trainedParameters, bestWeights) { parameter.value = value }
        self.bestWeights = nil  // so that further training need not copy what it changes
    }
}

extension EarlyStopping: Stateful {
    public func saveState() -> StateTree {
        [
            "monitor": monitor.state, "waited": .integer(waited), "stoppedEpoch": .integer(stoppedEpoch ?? 0),
            "weights": .list((bestWeights ?? []).map { .tensor($0) }),
        ]
    }

    public func restore(_ state: StateTree) throws {
        let weights: [Tensor] = try state.get("weights")
        try monitor.restore(try state.get("monitor"))
        waited = try state.get("waited")
        let stopped: Int = try state.get("stoppedEpoch")
        stoppedEpoch = stopped == 0 ? nil : stopped
        bestWeights = weights.isEmpty ? nil : weights
    }
}
