import CognitronKernels
import Dispatch
import Synchronization

/// Makes the batches of one pass over the data beside the use of those before, in order, on threads that
/// leave the workers to the training step.
///
/// Each of `makers` threads makes one batch ahead, so that at most so many wait to be used. The first batch,
/// with nothing to do beside it, is made by the caller and all workers.
final class BatchFeeder: Sendable {
    /// How a batch of some samples is made; nil at the end of a source that does not know its length.
    typealias Maker = @Sendable (_ samples: [Int]) throws -> Batch?

    private let make: Maker
    private let samples: BatchSamples
    /// Batch n is made by queue n modulo their number. None where there is only one batch, as in the
    /// prediction of a single image, which would spend a part of its time on making them.
    private let queues: [DispatchQueue]
    private let state: Mutex<State>

    private struct State {
        var pending: [Int: Pending] = [:]
        /// The next batch to be asked for, and to be begun.
        var next: Int
        var begun: Int
        var waited = Duration.zero
    }

    /// A batch that is being made.
    private final class Pending: Sendable {
        let result = Mutex<Result<Batch?, any Error>?>(nil)
        let isReady = DispatchSemaphore(value: 0)
    }

    /// - Parameters:
    ///   - samples: the numbers of the samples of each batch.
    ///   - first: the batch to begin with.
    init(_ samples: BatchSamples, from first: Int = 0, makers: Int = 1, _ make: @escaping Maker) {
        self.samples = samples
        self.make = make
        state = Mutex(State(next: first, begun: first + 1))
        let isSole = samples.count.map { $0 - first <= 1 } ?? false
        queues =
            isSole
            ? []
            : (0..<max(1, makers)).map {
                DispatchQueue(label: "cognitron.batches.\($0)", qos: .userInitiated)
            }
    }

    /// How long `next` has kept its callers waiting.
    var waited: Duration { state.withLock { $0.waited } }

    /// The next batch; nil after the last.
    ///
    /// - Throws: what making the batch threw.
    func next() throws -> Batch? {
        let (number, pending) = state.withLock { state in
            defer { state.next += 1 }
            return (state.next, state.pending.removeValue(forKey: state.next))
        }
        guard let numbers = samples[number] else { return nil }
        let began = ContinuousClock.now
        let batch: Batch?
        if let pending {
            pending.isReady.wait()
            batch = try pending.result.withLock { $0.take() }?.get()
        } else {
            batch = try make(numbers)
        }
        state.withLock { $0.waited += .now - began }
        if batch != nil { prepare(upTo: number + queues.count) }
        return batch
    }

    private func prepare(upTo last: Int) {
        while let (number, pending) = begin(upTo: last) {
            guard let numbers = samples[number] else { return }
            queues[number % queues.count].async { [make] in
                let result = Result { try WorkerPool.withoutWorkers { try make(numbers) } }
                pending.result.withLock { $0 = result }
                pending.isReady.signal()
            }
        }
    }

    private func begin(upTo last: Int) -> (number: Int, Pending)? {
        state.withLock { state in
            guard state.begun <= last, samples[state.begun] != nil else { return nil }
            let pending = Pending()
            state.pending[state.begun] = pending
            defer { state.begun += 1 }
            return (state.begun, pending)
        }
    }
}

/// The numbers of the samples of each batch of one pass.
struct BatchSamples: Sendable {
    /// In the order they are taken; nil for a source that does not know its length, whose numbers go on from
    /// `start`.
    private let order: [Int]?
    private let start: Int
    private let batchSize: Int
    /// Batches that are taken at most.
    private let limit: Int

    init(_ order: [Int], batchSize: Int, limit: Int? = nil) {
        (self.order, start, self.batchSize, self.limit) = (order, 0, batchSize, limit ?? .max)
    }

    init(from start: Int, batchSize: Int, limit: Int?) {
        (order, self.start, self.batchSize, self.limit) = (nil, start, batchSize, limit ?? .max)
    }

    /// The number of batches; nil where it is not known. The last may be smaller than the others.
    var count: Int? {
        guard let order else { return limit == .max ? nil : limit }
        return min(limit, order.count / batchSize + (order.count % batchSize > 0 ? 1 : 0))
    }

    /// The numbers of batch `number`, from 0; nil past the end.
    subscript(number: Int) -> [Int]? {
        if let count, number >= count { return nil }
        // (number + 1) · batchSize may be more than an Int holds.
        let first = number * batchSize
        guard let order else { return Array(start + first..<start + first + batchSize) }
        return Array(order[first..<first + min(batchSize, order.count - first)])
    }
}
