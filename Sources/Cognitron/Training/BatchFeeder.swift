import CognitronKernels
import Dispatch
import Synchronization

/// Makes the batches of one pass over the data, each beside the use of the one before, on a thread of its own that
/// leaves the workers to the training step. The first, with nothing to do beside it, is made by the caller and all
/// workers.
final class BatchFeeder: Sendable {
    /// How a batch of some samples is made.
    private let make: @Sendable (_ indices: ArraySlice<Int>) throws -> Batch
    private let order: [Int]
    private let batchSize: Int
    /// Where batches are made beside others, and what says that one is ready; nil where there is only one, as in the
    /// prediction of a single image, which would spend a part of its time on making these.
    private let background: (queue: DispatchQueue, isReady: DispatchSemaphore)?
    private let state = Mutex(State())

    private struct State {
        var batch: Result<Batch, any Error>?
        var waited = Duration.zero
    }

    /// - Parameter order: the samples' numbers, batch after batch.
    init(
        _ order: [Int], batchSize: Int,
        _ make: @escaping @Sendable (_ indices: ArraySlice<Int>) throws -> Batch
    ) {
        (self.order, self.batchSize, self.make) = (order, batchSize, make)
        background =
            order.count > batchSize
            ? (DispatchQueue(label: "cognitron.batches", qos: .userInitiated), DispatchSemaphore(value: 0))
            : nil
    }

    /// Batches of the pass; the last may be smaller than the others.
    var count: Int { order.count / batchSize + (order.count % batchSize > 0 ? 1 : 0) }

    /// How long `batch` has kept its callers waiting.
    var waited: Duration { state.withLock { $0.waited } }

    /// Batch `number`, to be asked for in order from 0 on. The next is begun at once.
    ///
    /// - Throws: what making the batch threw.
    func batch(_ number: Int) throws -> Batch {
        let began = ContinuousClock.now
        if number > 0 { background?.isReady.wait() }
        let prepared = state.withLock { state in
            defer { state.batch = nil }
            return state.batch
        }
        let batch = try prepared?.get() ?? make(indices(number))
        state.withLock { $0.waited += .now - began }
        if number + 1 < count { prepare(number + 1) }
        return batch
    }

    private func prepare(_ number: Int) {
        background?.queue.async { [self] in
            let result = Result { try WorkerPool.withoutWorkers { try make(indices(number)) } }
            state.withLock { $0.batch = result }
            background?.isReady.signal()
        }
    }

    private func indices(_ number: Int) -> ArraySlice<Int> {
        // (number + 1) · batchSize may be more than an Int holds.
        let start = number * batchSize
        return order[start..<start + min(batchSize, order.count - start)]
    }
}
