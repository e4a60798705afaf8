import Cognitron
import Foundation
import Synchronization

/// Stops the training on a signal: Ctrl-C (SIGINT), SIGTERM, or SIGHUP when the terminal is lost.
///
/// The first signal lets the current step finish. A second one, half a second or more after the first, ends
/// the program at once. (Earlier ones count as the same request: timeout(1) signals the program and then its
/// group, and a closing terminal signals its shell, which signals again.)
final class Interruption: Callback {
    /// Nanoseconds of the monotonic clock at the first signal; 0 before it.
    private static let requestedAt = Atomic<Int>(0)
    /// The first signal; 0 before it.
    private static let received = Atomic<Int32>(0)
    private static let patience = 500_000_000

    /// Whether a signal was received.
    var happened: Bool { status != nil }

    /// A shell's exit status of a program ended by the signal (SIGINT: 130); nil without signal.
    var status: Int32? {
        let number = Self.received.load(ordering: .relaxed)
        return number == 0 ? nil : 128 + number
    }

    init() {
        Self.requestedAt.store(0, ordering: .relaxed)
        Self.received.store(0, ordering: .relaxed)
        // Uses only what is safe in a signal handler: atomic numbers, the clock, signal and raise.
        let handler: @convention(c) (Int32) -> Void = { number in
            var time = timespec()
            clock_gettime(CLOCK_MONOTONIC, &time)
            let now = time.tv_sec * 1_000_000_000 + time.tv_nsec
            let first = Interruption.requestedAt.load(ordering: .relaxed)
            if first == 0 {
                Interruption.requestedAt.store(now, ordering: .relaxed)
                Interruption.received.store(number, ordering: .relaxed)
            } else if now - first > Interruption.patience {
                signal(number, SIG_DFL)
                raise(number)
            }
        }
        var handled = sigset_t()
        sigemptyset(&handled)
        for number in [SIGINT, SIGTERM, SIGHUP] {
            let previous = signal(number, handler)
            sigaddset(&handled, number)
            // nohup(1) ignores SIGHUP, so that the training continues without a terminal.
            if number == SIGHUP, Self.isIgnored(previous) { signal(number, SIG_IGN) }
        }
        // A program started from another one's worker thread inherits that thread's blocked signals.
        pthread_sigmask(SIG_UNBLOCK, &handled, nil)
    }

    private static func isIgnored(_ handler: (@convention(c) (Int32) -> Void)?) -> Bool {
        unsafeBitCast(handler, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
    }

    func onTrainBatchEnd(_ batch: Int, _ scores: Scores, _ model: Model) throws {
        if happened { model.stopTraining = true }
    }

    /// Handles a signal received during validation: without this, the next epoch would start.
    func onEpochEnd(_ epoch: Int, _ scores: Scores, _ model: Model) throws {
        if happened { model.stopTraining = true }
    }
}
