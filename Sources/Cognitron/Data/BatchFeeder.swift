import CognitronKernels
import Dispatch

/// Prepares the batches of one pass over the data in order, on threads of their own, while earlier batches
/// are used. These threads use no workers, which the training step needs.
///
/// Each of `makers` threads prepares one batch ahead. The first batch is prepared by the caller with all
/// workers, since no step runs at that time.
final class BatchFeeder: Sendable {
    /// Prepares a batch of the given samples; returns nil at the end of a source of unknown length.
    typealias Maker = @Sendable (_ samples: [Int]) throws -> Batch?

    private let make: Maker
    private let samples: any BatchNumbers
    /// Batch n is prepared by queue n modulo their number. Empty where there is only one batch: creating a
    /// queue takes part of the time in which a single image is predicted.
    private let queues: [DispatchQueue]
    private let state: Locked<State>

    private struct State {
        var pending: [Int: Pending] = [:]
        /// The number of the next batch to return, and of the next to begin.
        var next: Int
        var begun: Int
        var waited = Duration.zero
    }

    /// A batch that is being prepared.
    private final class Pending: Sendable {
        let result = Locked<Result<Batch?, any Error>?>(nil)
        let isReady = DispatchSemaphore(value: 0)
    }

    /// - Parameters:
    ///   - samples: the numbers of the samples of each batch.
    ///   - first: the batch to begin with.
    init(_ samples: any BatchNumbers, from first: Int = 0, makers: Int = 1, _ make: @escaping Maker) {
        self.samples = samples
        self.make = make
        state = Locked(State(next: first, begun: first + 1))
        let isSole = samples.count.map { $0 - first <= 1 } ?? false
        queues =
            isSole
            ? []
            : (0..<max(1, makers)).map {
                DispatchQueue(label: "cognitron.batches.\($0)", qos: .userInitiated)
            }
    }

    /// The time that callers have waited in `next`.
    var waited: Duration { state.withLock { $0.waited } }

    /// The next batch; nil after the last.
    ///
    /// - Throws: the error that preparing the batch threw.
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

/// The numbers of the samples of each batch that a feeder prepares.
protocol BatchNumbers: Sendable {
    /// The number of batches; nil where it is not known.
    var count: Int? { get }

    /// The numbers of batch `number`, from 0; nil past the end.
    subscript(number: Int) -> [Int]? { get }
}

/// The numbers of the samples of each batch of one pass.
struct BatchSamples: BatchNumbers {
    /// The samples in their order; nil for a source of unknown length, whose samples count from `start`.
    private let order: [Int]?
    private let start: Int
    private let batchSize: Int
    /// The largest number of batches.
    private let limit: Int

    init(_ order: [Int], batchSize: Int, limit: Int? = nil) {
        (self.order, start, self.batchSize, self.limit) = (order, 0, batchSize, limit ?? .max)
    }

    init(from start: Int, batchSize: Int, limit: Int?) {
        (order, self.start, self.batchSize, self.limit) = (nil, start, batchSize, limit ?? .max)
    }

    /// The number of batches of a source measured in order; nil where it is not known.
    static func count(_ source: any BatchSource, batchSize: Int, limit: Int?) -> Int? {
        guard let samples = source.sampleCount else { return limit }
        return min(limit ?? .max, samples / batchSize + (samples % batchSize > 0 ? 1 : 0))
    }

    /// The number of batches; nil where it is not known. The last may be smaller than the others.
    var count: Int? {
        guard let order else { return limit == .max ? nil : limit }
        return min(limit, order.count / batchSize + (order.count % batchSize > 0 ? 1 : 0))
    }

    /// The numbers of batch `number`, from 0; nil past the end.
    subscript(number: Int) -> [Int]? {
        if let count, number >= count { return nil }
        // (number + 1) · batchSize may overflow.
        let first = number * batchSize
        guard let order else { return Array(start + first..<start + first + batchSize) }
        return Array(order[first..<first + min(batchSize, order.count - first)])
    }
}
