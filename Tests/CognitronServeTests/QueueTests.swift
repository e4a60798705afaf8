import Cognitron
import CognitronKernels
import Foundation
import Testing

@testable import CognitronServe

@Suite("The queue of predictions")
struct QueueTests {
    private func question(_ numbers: [Float]) -> Question { .tensors([Tensor(numbers, shape: [1, 4])]) }

    private func output(_ answer: Answer) -> [Float] {
        if case .tensors(let outputs) = answer { outputs[0].scalars } else { [] }
    }

    @Test("Requests that come together are one batch, and each gets its own answer")
    func batches() async throws {
        let folder = try ServedFolder()
        let model = try ServedModel(folder.classifier())
        let sizes = Locked<[Int]>([])
        let queue = PredictionQueue(batchSize: 8, delay: 5, limit: 100) { _, samples in
            sizes.withLock { $0.append(samples) }
        }
        defer { queue.finish() }
        let inputs = (0..<8).map { [Float($0), 1, -1, 0.5] }
        let answers = try await withThrowingTaskGroup(of: (Int, [Float]).self) { group in
            for (place, input) in inputs.enumerated() {
                group.addTask {
                    (place, output(try await queue.ask(question(input), of: model, deadline: .distantFuture)))
                }
            }
            return try await group.reduce(into: [Int: [Float]]()) { $0[$1.0] = $1.1 }
        }
        // The delay of seconds is not waited for, since the batch is full.
        #expect(sizes.withLock { $0 } == [8])
        for (place, input) in inputs.enumerated() {
            let alone = try model.file.model.predict(Tensor(input, shape: [1, 4])).scalars
            for (one, other) in zip(answers[place] ?? [], alone) { #expect(abs(one - other) < 1e-6) }
            #expect(answers[place]?.count == 3)
        }
    }

    @Test("A batch that is not full starts when the delay is over")
    func delay() async throws {
        let folder = try ServedFolder()
        let model = try ServedModel(folder.classifier())
        let queue = PredictionQueue(batchSize: 100, delay: 0.05, limit: 100)
        defer { queue.finish() }
        let start = Date()
        _ = try await queue.ask(question([1, 2, 3, 4]), of: model, deadline: .distantFuture)
        #expect(Date().timeIntervalSince(start) >= 0.05)
    }

    @Test("More requests than the limit are refused, and the others answered")
    func bound() async throws {
        let folder = try ServedFolder()
        let model = try ServedModel(folder.classifier())
        let queue = PredictionQueue(batchSize: 100, delay: 0.5, limit: 3)
        defer { queue.finish() }
        let results = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<5 {
                group.addTask {
                    do {
                        _ = try await queue.ask(
                            question([1, 2, 3, 4]), of: model, deadline: .distantFuture)
                        return true
                    } catch {
                        #expect(ServeError(error) == .queueFull)
                        return false
                    }
                }
            }
            return await group.reduce(into: [Bool]()) { $0.append($1) }
        }
        #expect(results.count { $0 } == 3)
    }

    @Test("One request's wrong samples do not fail those that it is batched with")
    func wrongSamples() async throws {
        let folder = try ServedFolder()
        let model = try ServedModel(folder.classifier())
        let queue = PredictionQueue(batchSize: 2, delay: 5, limit: 100)
        defer { queue.finish() }
        let wrong = Task {
            try await queue.ask(question([.nan, 2, 3, 4]), of: model, deadline: .distantFuture)
        }
        let right = try await queue.ask(question([1, 2, 3, 4]), of: model, deadline: .distantFuture)
        #expect(output(right).count == 3)
        await #expect(throws: CognitronError.self) { _ = try await wrong.value }
    }

    @Test("A question whose time is over is not predicted; at the end what waits is answered")
    func deadlines() async throws {
        let folder = try ServedFolder()
        let model = try ServedModel(folder.classifier())
        let queue = PredictionQueue(batchSize: 100, delay: 0.01, limit: 100)
        await #expect(throws: ServeError.tooLate) {
            _ = try await queue.ask(question([1, 2, 3, 4]), of: model, deadline: .distantPast)
        }
        let slow = PredictionQueue(batchSize: 100, delay: 60, limit: 100)
        async let last = slow.ask(question([1, 2, 3, 4]), of: model, deadline: .distantFuture)
        while slow.count == 0 { try await Task.sleep(for: .milliseconds(5)) }
        slow.finish()
        #expect(output(try await last).count == 3)
        await #expect(throws: ServeError.ending) {
            _ = try await slow.ask(question([1, 2, 3, 4]), of: model, deadline: .distantFuture)
        }
        queue.finish()
    }
}
