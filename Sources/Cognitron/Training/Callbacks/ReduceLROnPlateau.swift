/// Lowers the learning rate when a score has not improved for `patience` epochs.
///
///     rate ← max(rate · factor, minLr)
///
/// In a trainer of several networks, each optimizer's rate is lowered, unless one network is named.
///
/// - Source: Keras `ReduceLROnPlateau`.
public final class ReduceLROnPlateau: MonitoringCallback {
    private var monitor: Monitor
    private let factor: Float
    private let patience: Int
    private let verbose: Bool
    private let cooldown: Int
    private let minLr: Float
    private let network: String?
    private var waited = 0
    private var coolingEpochs = 0

    var monitored: [String] { [monitor.name] }

    /// - Parameters:
    ///   - name: the score to monitor.
    ///   - factor: by which the rate is multiplied; from 0 to below 1.
    ///   - patience: the number of epochs without improvement after which the rate is lowered.
    ///   - verbose: whether each change is printed.
    ///   - mode: whether the score is to be maximized or minimized.
    ///   - minDelta: the least change that counts as an improvement.
    ///   - cooldown: the number of epochs after a change in which epochs without improvement do not count.
    ///   - minLr: the lowest rate.
    ///   - network: the name of the trainer's network whose optimizer is set; nil for all.
    public init(
        monitor name: String = "val_loss", factor: Float = 0.1, patience: Int = 10, verbose: Bool = false,
        mode: MonitorMode = .automatic, minDelta: Float = 1e-4, cooldown: Int = 0, minLr: Float = 0,
        network: String? = nil
    ) {
        monitor = Monitor(name, mode, minDelta: minDelta)
        self.factor = factor
        self.patience = patience
        self.verbose = verbose
        self.cooldown = cooldown
        self.minLr = minLr
        self.network = network
    }

    /// - Throws: `CognitronError` where an argument is out of range, or an optimizer's rate is a schedule.
    public func onTrainBegin(_ model: Model) throws {
        try requireArguments()
        for optimizer in try model.optimizers(of: network, "ReduceLROnPlateau") where optimizer.hasSchedule {
            throw CognitronError(
                .argument, "ReduceLROnPlateau", "the learning rate is a schedule's, which it would replace",
                expected: "an optimizer with a number as its learning rate",
                advice: "leave out the schedule or this callback")
        }
        try monitor.begin(model, "ReduceLROnPlateau")
        (waited, coolingEpochs) = (0, 0)
    }

    public func onEpochEnd(_ epoch: Int, _ scores: Scores, _ model: Model) throws {
        if monitor.isUnmeasured(scores) { return }
        if coolingEpochs > 0 {
            coolingEpochs -= 1
            waited = 0
        }
        if try monitor.improves(scores, "ReduceLROnPlateau") {
            waited = 0
            return
        }
        guard coolingEpochs == 0 else { return }
        waited += 1
        guard waited >= patience else { return }
        for optimizer in try model.optimizers(of: network, "ReduceLROnPlateau")
        where optimizer.learningRate > minLr {
            optimizer.learningRate = max(optimizer.learningRate * factor, minLr)
            (coolingEpochs, waited) = (cooldown, 0)
            if verbose {
                let rate = optimizer.learningRate.text
                model.announce(
                    "Epoch \(epoch): ReduceLROnPlateau reducing learning rate to \(rate).")
            }
        }
    }

    private func requireArguments() throws {
        guard (0..<1).contains(factor) else {
            throw CognitronError(
                .argument, "ReduceLROnPlateau", "invalid factor", expected: "a number from 0 to below 1",
                got: factor.text)
        }
        guard minLr >= 0, minLr.isFinite else {
            throw CognitronError(
                .argument, "ReduceLROnPlateau", "invalid minLr", expected: "a finite number of at least 0",
                got: minLr.text)
        }
        try FitOptions.require("patience", patience, atLeast: 0)
        try FitOptions.require("cooldown", cooldown, atLeast: 0)
    }
}

extension ReduceLROnPlateau: Stateful {
    public func saveState() -> StateTree {
        [
            "monitor": monitor.state, "waited": .integer(waited), "coolingEpochs": .integer(coolingEpochs),
        ]
    }

    public func restore(_ state: StateTree) throws {
        try monitor.restore(try state.get("monitor"))
        (waited, coolingEpochs) = (try state.get("waited"), try state.get("coolingEpochs"))
    }
}

extension Optimizer {
    /// Whether its rate follows a schedule.
    fileprivate var hasSchedule: Bool {
        switch self {
        case let optimizer as any SlotOptimizer: optimizer.state.hasSchedule
        case let lookahead as Lookahead: lookahead.optimizer.hasSchedule
        case let several as MultiOptimizer: several.optimizers.contains { $0.hasSchedule }
        default: false
        }
    }
}
