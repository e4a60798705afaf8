/// Ends the training when a score has not improved for `patience` epochs.
///
/// - Source: Keras `EarlyStopping`.
public final class EarlyStopping: MonitoringCallback {
    private var monitor: Monitor
    private let patience: Int
    private let verbose: Bool
    private let baseline: Float?
    private let restoreBestWeights: Bool
    private let startFromEpoch: Int
    private var waited = 0
    private var bestWeights: [Tensor]?
    /// The epoch, from 1, after which training was stopped; nil before that.
    public private(set) var stoppedEpoch: Int?
    /// The epoch, from 1, with the best score; nil before the first one that is monitored.
    public private(set) var bestEpoch: Int?

    var monitored: [String] { [monitor.name] }

    /// - Parameters:
    ///   - name: the score to monitor.
    ///   - minDelta: the least change that counts as an improvement.
    ///   - patience: the number of epochs without improvement after which training stops.
    ///   - verbose: whether it is printed why training stops and which weights are restored.
    ///   - mode: whether the score is to be maximized or minimized.
    ///   - baseline: a value that the score must improve on as well for an epoch to count as an improvement.
    ///   - restoreBestWeights: whether the model, or each network of a trainer, gets the weights of its best
    ///     epoch when training ends, stopped or not.
    ///   - startFromEpoch: the number of epochs at the start that are not monitored.
    public init(
        monitor name: String = "val_loss", minDelta: Float = 0, patience: Int = 0,
        verbose: Bool = false, mode: MonitorMode = .automatic, baseline: Float? = nil,
        restoreBestWeights: Bool = false, startFromEpoch: Int = 0
    ) {
        monitor = Monitor(name, mode, minDelta: minDelta)
        self.patience = patience
        self.verbose = verbose
        self.baseline = baseline
        self.restoreBestWeights = restoreBestWeights
        self.startFromEpoch = startFromEpoch
    }

    public func onTrainBegin(_ model: Model) throws {
        try monitor.begin(model, "EarlyStopping")
        (waited, bestWeights, bestEpoch, stoppedEpoch) = (0, nil, nil, nil)
    }

    public func onEpochEnd(_ epoch: Int, _ scores: Scores, _ model: Model) throws {
        guard epoch > startFromEpoch else { return }
        if monitor.isUnmeasured(scores) { return }
        waited += 1
        if try monitor.improves(scores, "EarlyStopping") {
            bestEpoch = epoch
            if let best = monitor.best, baseline.map({ monitor.beats(best, $0) }) ?? true { waited = 0 }
            if restoreBestWeights { bestWeights = model.trainedParameters.map(\.value) }
            return
        }
        guard waited >= max(1, patience) else { return }
        stoppedEpoch = epoch
        if verbose { model.announce("Epoch \(epoch): early stopping") }
        model.stopTraining = true
    }

    public func onTrainEnd(_ model: Model) throws {
        // A training that is interrupted within an epoch is resumed with the weights of its last step.
        let isInterrupted = model.stopTraining && model.trainer?.run?.hasEnded == false
        guard let bestWeights, !isInterrupted else { return }
        if verbose, let bestEpoch {
            model.announce("Restoring model weights from the end of the best epoch: \(bestEpoch).")
        }
        for (parameter, value) in zip(model.trainedParameters, bestWeights) { parameter.value = value }
        self.bestWeights = nil  // a second reference would make the next update copy the weights
    }
}

extension EarlyStopping: Stateful {
    public func saveState() -> StateTree {
        [
            // 0 and an empty list stand for nil: epochs count from 1.
            "monitor": monitor.state, "waited": .integer(waited), "stoppedEpoch": .integer(stoppedEpoch ?? 0),
            "bestEpoch": .integer(bestEpoch ?? 0),
            "weights": .list((bestWeights ?? []).map { .tensor($0) }),
        ]
    }

    public func restore(_ state: StateTree) throws {
        let weights: [Tensor] = try state.get("weights")
        try monitor.restore(try state.get("monitor"))
        waited = try state.get("waited")
        let stopped: Int = try state.get("stoppedEpoch")
        stoppedEpoch = stopped == 0 ? nil : stopped
        let best: Int = try state.getIfPresent("bestEpoch") ?? 0
        bestEpoch = best == 0 ? nil : best
        bestWeights = weights.isEmpty ? nil : weights
    }
}
