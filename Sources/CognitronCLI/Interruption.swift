import Cognitron
import Foundation
import Synchronization

/// Ctrl-C while training: the step in hand is finished, then the training ends. A second one ends the program at once.
final class Interruption: Callback {
    private static let wasRequested = Atomic<Bool>(false)

    /// Whether Ctrl-C was pressed.
    var happened: Bool { Self.wasRequested.load(ordering: .relaxed) }

    init() {
        Self.wasRequested.store(false, ordering: .relaxed)
        // Only an atomic store and signal(2) itself, which a signal handler may call.
        let handler: @convention(c) (Int32) -> Void = { number in
            Interruption.wasRequested.store(true, ordering: .relaxed)
            signal(number, SIG_DFL)
        }
        var both = sigset_t()
        sigemptyset(&both)
        for number in [SIGINT, SIGTERM] {
            signal(number, handler)
            sigaddset(&both, number)
        }
        // A program started by another one's worker thread inherits that thread's blocked signals.
        pthread_sigmask(SIG_UNBLOCK, &both, nil)
    }

    func onTrainBatchEnd(_ batch: Int, _ scores: Scores, _ model: Model) throws {
        if happened { model.stopTraining = true }
    }

    /// Ctrl-C while the validation data were measured: without this, the next epoch would begin.
    func onEpochEnd(_ epoch: Int, _ scores: Scores, _ model: Model) throws {
        if happened { model.stopTraining = true }
    }
}
