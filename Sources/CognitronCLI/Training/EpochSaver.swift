import Cognitron

/// Saves the model after every epoch, with its file of options. On failure (a full disk) warns and continues
/// the training: a later epoch may succeed, and the last saved file stays.
final class EpochSaver: Callback {
    var isForFirstRank: Bool { true }
    private let plan: TrainingPlan

    init(_ plan: TrainingPlan) { self.plan = plan }

    func onEpochEnd(_ epoch: Int, _ scores: Scores, _ model: Model) throws {
        do {
            try model.save(plan.output)
            try plan.writeConfiguration()
        } catch let error as CognitronError where error.kind == .file {
            Output.warn("epoch \(epoch) is not saved: \(error)")
        }
    }
}
