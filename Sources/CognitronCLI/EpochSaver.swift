import Cognitron

/// Saves the model after every epoch. Where that fails (a full disk), warns and lets the training go on: the
/// next epoch may find room, and the file of the last epoch that was saved stays.
final class EpochSaver: Callback {
    private let path: String

    init(_ path: String) { self.path = path }

    func onEpochEnd(_ epoch: Int, _ scores: Scores, _ model: Model) throws {
        do {
            try model.save(path)
        } catch let error as CognitronError where error.kind == .file {
            Output.warn("epoch \(epoch) is not saved: \(error)")
        }
    }
}
