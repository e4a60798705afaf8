/// Ends the training when a score has not improved for `patience` epochs.
///
/// - Source: Keras `EarlyStopping`.
public final class EarlyStopping: MonitoringCallback {
    private var monitor: Monitor
    private let patience: Int
    private let restoreBestWeights: Bool
    private let startFromEpoch: Int
    private var waited = 0
    private var bestWeights: [Tensor]?
    /// The epoch, from 1, after which training was stopped; nil before that.
    public private(set) var stoppedEpoch: Int?

    var monitored: [String] { [monitor.name] }

    /// - Parameters:
    ///   - name: the score to monitor.
    ///   - minDelta: the least change that counts as an improvement.
    ///   - patience: the number of epochs without improvement after which training stops.
    ///   - mode: whether the score is to be maximized or minimized.
    ///   - restoreBestWeights: whether the model, or each network of a trainer, gets the weights of its best
    ///     epoch when training ends, stopped or not.
    ///   - startFromEpoch: the number of epochs at the start that are not monitored.
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
        // Skips epochs that do not measure the validation data (validationFrequency).
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
        self.bestWeights = nil  // a second reference would make the next update copy the weights
    }
}

extension EarlyStopping: Stateful {
    public func saveState() -> StateTree {
        [
            // 0 and an empty list stand for nil: epochs count from 1.
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
