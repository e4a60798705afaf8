import Cognitron
import CognitronKernels
import Foundation

/// Requests that wait for their prediction, and the one thread that predicts.
///
/// A batch starts when as many samples wait as it may have, or its first request has waited for the delay;
/// while one is computed the next gathers. Models are called from this thread alone, for OpenBLAS keeps
/// memory for each thread that calls it.
///
/// `@unchecked Sendable`: what changes is used with the condition locked.
final class PredictionQueue: @unchecked Sendable {
    private let batchSize: Int
    private let delay: Double
    private let limit: Int
    private let measure: @Sendable (_ model: ServedModel, _ samples: Int) -> Void

    private let condition = NSCondition()
    private var waiting: [Job] = []
    private var waitingSamples = 0
    private var isFinished = false

    private struct Job {
        let question: Question
        let model: ServedModel
        let arrival: Date
        /// When nobody waits for the answer any more.
        let deadline: Date
        let answer: CheckedContinuation<Answer, any Error>

        func joins(_ other: Job) -> Bool { model === other.model && question.joins(other.question) }
    }

    /// - Parameter measure: is told the number of samples of each batch.
    init(
        batchSize: Int, delay: Double, limit: Int,
        measure: @escaping @Sendable (_ model: ServedModel, _ samples: Int) -> Void = { _, _ in }
    ) {
        (self.batchSize, self.delay, self.limit, self.measure) = (batchSize, delay, limit, measure)
        let thread = Thread { [self] in work() }
        thread.name = "prediction"
        thread.stackSize = 8 << 20
        thread.start()
    }

    /// The number of requests that wait.
    var count: Int { locked { waiting.count } }

    /// Waits for the answer to a question.
    ///
    /// - Parameter deadline: when the answer is of no use any more.
    /// - Throws: `ServeError` where too many wait, or the deadline is over before the turn comes; what the
    ///   model throws.
    func ask(_ question: Question, of model: ServedModel, deadline: Date) async throws -> Answer {
        try await withCheckedThrowingContinuation { answer in
            let refusal = locked { () -> ServeError? in
                if isFinished { return .ending }
                if waiting.count >= limit { return .queueFull }
                waiting.append(
                    Job(
                        question: question, model: model, arrival: Date(), deadline: deadline, answer: answer)
                )
                waitingSamples += question.count
                // Between the first one and a full batch the thread sleeps until the delay is over.
                if waiting.count == 1 || waitingSamples >= batchSize { condition.signal() }
                return nil
            }
            if let refusal { answer.resume(throwing: refusal) }
        }
    }

    /// Answers what waits, then ends the thread. Later questions are refused.
    func finish() {
        locked {
            isFinished = true
            condition.signal()
        }
    }

    private func locked<Result>(_ body: () -> Result) -> Result {
        condition.lock()
        defer { condition.unlock() }
        return body()
    }

    // MARK: - The thread

    private func work() {
        while let batch = nextBatch() { answer(batch) }
    }

    /// Waits for a batch; nil at the end.
    private func nextBatch() -> [Job]? {
        condition.lock()
        defer { condition.unlock() }
        while true {
            guard let first = waiting.first else {
                if isFinished { return nil }
                condition.wait()
                continue
            }
            let due = first.arrival.addingTimeInterval(delay)
            guard waitingSamples < batchSize, !isFinished, delay > 0, due > Date() else {
                return takeBatch(with: first)
            }
            _ = condition.wait(until: due)
        }
    }

    /// Takes the first request and those that join it, until the batch is full.
    private func takeBatch(with first: Job) -> [Job] {
        var (batch, rest, samples): ([Job], [Job], Int) = ([], [], 0)
        for job in waiting {
            let count = job.question.count
            if batch.isEmpty || samples + count <= batchSize && job.joins(first) {
                batch.append(job)
                samples += count
            } else {
                rest.append(job)
            }
        }
        waiting = rest
        waitingSamples -= samples
        return batch
    }

    private func answer(_ batch: [Job]) {
        let now = Date()
        let batch = batch.filter { job in
            guard job.deadline < now else { return true }
            job.answer.resume(throwing: ServeError.tooLate)
            return false
        }
        guard let model = batch.first?.model else { return }
        let counts = batch.map(\.question.count)
        do {
            let answers = try model.answer(.joined(batch.map(\.question)), batchSize: batchSize)
            measure(model, counts.reduce(0, +))
            var start = 0
            for (job, count) in zip(batch, counts) {
                job.answer.resume(
                    returning: batch.count == 1 ? answers : answers.samples(start..<start + count))
                start += count
            }
        } catch {
            guard batch.count > 1 else { return batch[0].answer.resume(throwing: error) }
            // One request's samples must not fail the others.
            for job in batch { answer([job]) }
        }
    }
}
