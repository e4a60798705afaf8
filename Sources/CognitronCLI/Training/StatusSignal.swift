import Cognitron
import Foundation
import Synchronization

/// Answers SIGUSR1 with the training's status, on standard error.
///
///     kill -USR1 $(pgrep cognitron)
final class StatusSignal: Callback {
    private static let isWanted = Atomic<Bool>(false)

    init() {
        Self.isWanted.store(false, ordering: .relaxed)
        // Without a handler the signal would end the program. This one only sets a number, which is safe.
        signal(SIGUSR1) { _ in StatusSignal.isWanted.store(true, ordering: .relaxed) }
        var handled = sigset_t()
        sigemptyset(&handled)
        sigaddset(&handled, SIGUSR1)
        pthread_sigmask(SIG_UNBLOCK, &handled, nil)
    }

    func onTrainBatchEnd(_ batch: Int, _ scores: Scores, _ model: Model) throws { answer(model) }

    func onTestBatchEnd(_ batch: Int, _ scores: Scores, _ model: Model) throws { answer(model) }

    private func answer(_ model: Model) {
        guard Self.isWanted.exchange(false, ordering: .relaxed), let trainer = model.trainer,
            let status = trainer.status
        else { return }
        let rate = trainer.optimizers.first.map { "  learning rate \($0.value.learningRate)" } ?? ""
        trainer.interruptProgress()
        Output.answer("\(status.description)  step \(trainer.stepsTaken)\(rate)")
    }
}
