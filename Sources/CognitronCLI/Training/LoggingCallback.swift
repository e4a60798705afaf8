import Cognitron

/// A callback that writes logs. A log that cannot be written any more (a full disk) is warned of once, and
/// the training continues without it; one that cannot be begun is an error.
final class LoggingCallback: Callback {
    var isForFirstRank: Bool { true }
    private let base: any Callback & Stateful
    private let name: String
    private var hasFailed = false

    /// - Parameter name: the option that asked for the log.
    init(_ base: any Callback & Stateful, name: String) { (self.base, self.name) = (base, name) }

    func onTrainBegin(_ model: Model) throws { try base.onTrainBegin(model) }

    func onEpochBegin(_ epoch: Int, _ model: Model) throws {
        try attempt { try base.onEpochBegin(epoch, model) }
    }

    func onTrainBatchEnd(_ batch: Int, _ scores: Scores, _ model: Model) throws {
        try attempt { try base.onTrainBatchEnd(batch, scores, model) }
    }

    func onEpochEnd(_ epoch: Int, _ scores: Scores, _ model: Model) throws {
        try attempt { try base.onEpochEnd(epoch, scores, model) }
    }

    func onTrainEnd(_ model: Model) throws { try attempt { try base.onTrainEnd(model) } }

    private func attempt(_ body: () throws -> Void) throws {
        guard !hasFailed else { return }
        do {
            try body()
        } catch let error as CognitronError where error.kind == .file {
            hasFailed = true
            Output.warn("\(name) ends here, the training goes on: \(error)")
        }
    }
}

extension LoggingCallback: Stateful {
    func saveState() -> StateTree { base.saveState() }
    func restore(_ state: StateTree) throws { try base.restore(state) }
}
