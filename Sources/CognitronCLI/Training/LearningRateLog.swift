import Cognitron

/// The learning rate of each epoch's last step.
final class LearningRateLog: Callback, Stateful {
    private(set) var values: [Float] = []

    func onEpochEnd(_ epoch: Int, _ scores: Scores, _ model: Model) throws {
        if let optimizer = model.optimizer { values.append(optimizer.learningRate) }
    }

    func saveState() -> StateTree { ["values": StateTree(values)] }

    func restore(_ state: StateTree) throws {
        values = try state.get("values")
    }
}
