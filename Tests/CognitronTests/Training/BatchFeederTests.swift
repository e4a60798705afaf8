import CognitronKernels
import Foundation
import Testing

@testable import Cognitron

/// Samples that note what is asked of them.
private final class WatchedSamples: Samples {
    let tensor: Tensor
    let asked = Locked<[[Int]]>([])
    let epochs = Locked<Set<Int>>([])
    let keys = Locked<Set<RandomKey>>([])

    init(_ tensor: Tensor) { self.tensor = tensor }

    var shape: Shape { tensor.shape }

    func batch(_ indices: some Collection<Int>) -> Tensor {
        asked.withLock { $0.append(Array(indices)) }
        return tensor.batch(indices)
    }

    func trainingBatch(_ indices: some Collection<Int>, epoch: Int, _ key: RandomKey) -> Tensor {
        epochs.withLock { _ = $0.insert(epoch) }
        keys.withLock { _ = $0.insert(key) }
        return batch(indices)
    }
}

/// After every batch, waits until the samples of the next have been asked for.
private final class WaitForNext: Callback {
    let samples: WatchedSamples
    let batches: Int
    var missed = 0

    init(_ samples: WatchedSamples, batches: Int) { (self.samples, self.batches) = (samples, batches) }

    func onTrainBatchEnd(_ batch: Int, _ scores: Scores, _ model: Model) throws {
        let wanted = min(batch + 1, batches)
        for _ in 0..<5_000 {
            if samples.asked.withLock({ $0.count }) >= wanted { return }
            usleep(1_000)
        }
        missed += 1
    }
}

@Suite("Batches")
struct BatchFeederTests {
    @Test("come in order, the last one short, and only once each")
    func order() throws {
        let samples = BatchSamples([5, 3, 4, 1, 0], batchSize: 2)
        #expect(samples.count == 3)
        for makers in 1...4 {
            let feeder = BatchFeeder(samples, makers: makers) { Batch(inputs: [Tensor($0)]) }
            var batches: [[Float]] = []
            while let batch = try feeder.next() { batches.append(batch.inputs[0].scalars) }
            #expect(batches == [[5, 3], [4, 1], [0]])
        }
        let rest = BatchFeeder(samples, from: 1) { Batch(inputs: [Tensor($0)]) }
        #expect(try rest.next()?.inputs[0].scalars == [4, 1])
    }

    @Test("of a source that does not know its length end where it does", arguments: 1...3)
    func unknownLength(_ makers: Int) throws {
        let feeder = BatchFeeder(BatchSamples(from: 6, batchSize: 2, limit: nil), makers: makers) { numbers in
            numbers[0] < 11 ? Batch(inputs: [Tensor(numbers)]) : nil
        }
        var batches: [[Float]] = []
        while let batch = try feeder.next() { batches.append(batch.inputs[0].scalars) }
        #expect(batches == [[6, 7], [8, 9], [10, 11]])
    }

    @Test("are made by several threads at once, and no more of them ahead than there are makers")
    func makers() throws {
        let made = Locked<(running: Int, most: Int, total: Int)>((0, 0, 0))
        let feeder = BatchFeeder(BatchSamples(Array(0..<40), batchSize: 1), makers: 3) { numbers in
            made.withLock { $0 = ($0.running + 1, max($0.most, $0.running + 1), $0.total + 1) }
            usleep(3_000)
            made.withLock { $0.running -= 1 }
            return Batch(inputs: [Tensor(numbers)])
        }
        for used in 1...20 {
            _ = try feeder.next()
            #expect(made.withLock { $0.total } <= used + 3)
        }
        #expect((2...3).contains(made.withLock { $0.most }))
    }

    @Test("that cannot be made throw when their turn comes")
    func errors() throws {
        let feeder = BatchFeeder(BatchSamples(Array(0..<3), batchSize: 1)) { numbers in
            if numbers.contains(1) { throw CognitronError(.data, "sample 1", "is wrong") }
            return Batch(inputs: [])
        }
        _ = try feeder.next()
        #expect(throws: CognitronError.self) { _ = try feeder.next() }
    }

    @Test("are made while the one before is trained on")
    func ahead() throws {
        let (x, y) = FitTests.makeData(40)
        let samples = WatchedSamples(x)
        let model = try FitTests.makeModel()
        let waiter = WaitForNext(samples, batches: 4)
        try model.fit(samples, y, batchSize: 10, epochs: 1, callbacks: [waiter], verbose: .silent)
        #expect(waiter.missed == 0)
        #expect(Set(samples.asked.withLock { $0 }.joined()) == Set(0..<40))
    }

    @Test("know the epoch they are trained in, and have one key a seed; measuring asks for neither")
    func keys() throws {
        let (x, y) = FitTests.makeData(10)
        let (first, second) = (WatchedSamples(x), WatchedSamples(x))
        for samples in [first, second] {
            let model = try FitTests.makeModel(seed: 3)
            try model.fit(samples, y, epochs: 3, validationData: (x, y), verbose: .silent)
            #expect(samples.epochs.withLock { $0 } == [0, 1, 2])
            try model.fit(samples, y, epochs: 2, verbose: .silent)
            #expect(samples.epochs.withLock { $0 } == [0, 1, 2, 3, 4])
        }
        #expect(first.keys.withLock { $0.count } == 1)
        #expect(first.keys.withLock { $0 } == second.keys.withLock { $0 })
        let measured = WatchedSamples(x)
        _ = try FitTests.makeModel().evaluate(measured, y)
        #expect(measured.epochs.withLock { $0.isEmpty } && !measured.asked.withLock { $0.isEmpty })
    }

    /// Samples of which all but the first few take their time.
    private struct SlowSamples: Samples {
        let tensor: Tensor
        var shape: Shape { tensor.shape }

        func batch(_ indices: some Collection<Int>) -> Tensor {
            if !indices.contains(0) { usleep(30_000) }
            return tensor.batch(indices)
        }
    }

    @Test("may still be in the making when a training has failed and its model is gone")
    func abandoned() throws {
        let (x, _) = FitTests.makeData(40)
        func train() throws {
            let model = Sequential([Input(shape: x.shape.sample), Flatten(), Dense(1)])
            let bad = Loss("bad") { prediction, _ in
                (Tensor(repeating: .nan, shape: [prediction.shape[0]]), prediction)
            }
            try model.compile(optimizer: SGD(), loss: bad)
            try model.fit(
                SlowSamples(tensor: x), Tensor.zeros([40, 1]), batchSize: 10, shuffle: false, makers: 3,
                verbose: .silent)
        }
        #expect(throws: CognitronError.self) { try train() }
        usleep(100_000)
    }
}
