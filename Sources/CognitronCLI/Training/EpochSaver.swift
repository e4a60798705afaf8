import Cognitron

/// Saves the model after every epoch. On failure (a full disk) warns and continues the training: a later
/// epoch may succeed, and the last saved file stays.
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
