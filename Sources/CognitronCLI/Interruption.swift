import Cognitron
import Foundation
import Synchronization

/// Ctrl-C while training: the step in hand is finished, then the training ends. Another one, half a second or more after
/// the first, ends the program at once. (Sooner it is the same one: timeout(1) signals the program and then its group.)
final class Interruption: Callback {
    /// Nanoseconds of the monotonic clock at the first Ctrl-C; 0 before.
    private static let requestedAt = Atomic<Int>(0)
    private static let patience = 500_000_000

    /// Whether Ctrl-C was pressed.
    var happened: Bool { Self.requestedAt.load(ordering: .relaxed) != 0 }

    init() {
        Self.requestedAt.store(0, ordering: .relaxed)
        // Only atomic numbers, the clock, signal and raise, all of which a signal handler may use.
        let handler: @convention(c) (Int32) -> Void = { number in
            var time = timespec()
            clock_gettime(CLOCK_MONOTONIC, &time)
            let now = time.tv_sec * 1_000_000_000 + time.tv_nsec
            let first = Interruption.requestedAt.load(ordering: .relaxed)
            if first == 0 {
                Interruption.requestedAt.store(now, ordering: .relaxed)
            } else if now - first > Interruption.patience {
                signal(number, SIG_DFL)
                raise(number)
            }
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
