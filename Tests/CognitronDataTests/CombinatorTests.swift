import CognitronKernels
import Cognitron
import Foundation
import Testing

@testable import CognitronData

/// Samples 0, 1, 2 … as inputs `(2)`: the number, and in training a random number of the sample's own.
/// Targets are number modulo 3.
private final class Counter: BatchSource {
    let count: Int
    let isOpen: Bool
    private let reads = Locked<[Int]>([])

    init(_ count: Int, open isOpen: Bool = false) { (self.count, self.isOpen) = (count, isOpen) }

    var sampleCount: Int? { isOpen ? nil : count }
    var readSamples: [Int] { reads.withLock { $0 } }

    func batch(_ samples: [Int], _ draw: Draw?) throws -> Batch? {
        let own = samples.filter { $0 < count }
        guard !own.isEmpty else { return nil }
        reads.withLock { $0 += own }
        let numbers = own.flatMap { sample -> [Float] in
            var random = draw?.generator(for: sample)
            return [Float(sample), random.map { _ in Float.random(in: 0..<1, using: &random!) } ?? 0]
        }
        return Batch(
            inputs: [Tensor(numbers, shape: [own.count, 2])], targets: [Tensor(own.map { Float($0 % 3) })])
    }
}

@Suite("Combinators of sources")
struct CombinatorTests {
    private let draw = Draw(epoch: 2, key: RandomKey(seed: 7))

    /// The numbers of the samples that a source gives, in batches of `size`.
    private func numbers(
        _ source: some BatchSource, _ size: Int = 4, _ draw: Draw? = nil
    ) throws -> [Int] {
        var result: [Int] = []
        var start = 0
        while start < source.sampleCount ?? .max {
            let end = min(start + size, source.sampleCount ?? .max)
            guard let batch = try source.batch(Array(start..<end), draw) else { break }
            result += batch.inputs[0].scalars.enumerated().filter { $0.offset % 2 == 0 }.map {
                Int($0.element)
            }
            start = end
        }
        return result
    }

    @Test("take, skip, concatenate and repeat", arguments: [1, 3, 4, 100])
    func runs(_ size: Int) throws {
        let ten = Counter(10)
        #expect(try numbers(ten.take(3), size) == [0, 1, 2])
        #expect(try numbers(ten.take(30), size) == Array(0..<10))
        #expect(try numbers(ten.skip(7), size) == [7, 8, 9])
        #expect(try numbers(ten.skip(70), size).isEmpty)
        #expect(try numbers(ten.skip(8).concatenate(Counter(2)), size) == [8, 9, 0, 1])
        #expect(try numbers(Counter(3).repeat(2), size) == [0, 1, 2, 0, 1, 2])
        #expect(try numbers(ten.subset([9, 0, 9]), size) == [9, 0, 9])
    }

    @Test("Sources of unknown length: take, skip, and what needs the length")
    func unknown() throws {
        let open = Counter(10, open: true)
        #expect(try numbers(open.take(3)) == [0, 1, 2] && numbers(open.skip(7)) == [7, 8, 9])
        #expect(try numbers(Counter(2).concatenate(open.skip(8))) == [0, 1, 8, 9])
        #expect(throws: CognitronError.self) { try open.repeat(2) }
        #expect(throws: CognitronError.self) { try open.cache() }
        #expect(throws: CognitronError.self) { try open.concatenate(Counter(2)) }
    }

    @Test("zip gives the tensors of both, as many as the shorter has")
    func zipped() throws {
        let both = Counter(5).zip(Counter(7).map { $0 }.skip(4))
        #expect(both.sampleCount == 3)
        let batch = try #require(try both.batch([1, 2], nil))
        #expect(batch.inputs.map { $0[0][0].scalar } == [1, 5] && batch.targets.count == 2)
        let open = Counter(5, open: true).zip(Counter(7, open: true))
        #expect(try #require(try open.batch(Array(3..<9), nil)).inputs.map(\.shape) == [[2, 2], [2, 2]])
    }

    @Test("map changes batches, not their number of samples")
    func mapped() throws {
        let doubled = Counter(4).map { batch in
            Batch(inputs: batch.inputs.map { $0 * 2 }, targets: batch.targets)
        }
        #expect(try numbers(doubled) == [0, 2, 4, 6])
        let cut = Counter(4).map { batch in Batch(inputs: batch.inputs.map { $0[0..<1] }) }
        #expect(throws: CognitronError.self) { try numbers(cut) }
    }

    @Test(
        "shuffle mixes within windows, the same for any batch size and order of calls",
        arguments: [false, true], [3, 5, 16])
    func shuffled(_ isOpen: Bool, _ window: Int) throws {
        let source = Counter(23, open: isOpen).shuffle(window: window)
        let order = try numbers(source, 4, draw)
        #expect(order.sorted() == Array(0..<23) && order != Array(0..<23))
        for (place, number) in order.enumerated() { #expect(place / window == number / window) }
        #expect(try numbers(source, 7, draw) == order)
        #expect(try numbers(source, 7, Draw(epoch: 3, key: draw.key)) != order)
        #expect(try numbers(source, 7) == Array(0..<23))
        let backwards = try stride(from: 20, through: 0, by: -4).reversed().map { start in
            try source.batch(Array(start..<start + 4).filter { isOpen || $0 < 23 }, draw)
        }
        #expect(backwards.compactMap { $0?.count }.reduce(0, +) == 23)
    }

    @Test("Repetitions make random changes of their own")
    func repetitions() throws {
        let source = try Counter(2).repeat(2)
        let batch = try #require(try source.batch([0, 2], draw))
        #expect(batch.inputs[0][0][1].scalar != batch.inputs[0][1][1].scalar)
        let first = try #require(try Counter(2).batch([0], draw))
        #expect(first.inputs[0][0][1].scalar == batch.inputs[0][0][1].scalar)
    }

    @Test("A cache reads each sample once, without random changes", arguments: [false, true])
    func cached(_ isOnDisk: Bool) throws {
        let folder = try TemporaryFolder()
        let counter = Counter(9)
        let path = folder.path + "/cache"
        func check(_ source: some BatchSource) throws {
            #expect(try numbers(source, 4, draw) == Array(0..<9))
            let again = try #require(try source.batch([8, 0, 8], draw))
            #expect(again.inputs[0].scalars == [8, 0, 0, 0, 8, 0] && again.targets[0] == [2, 0, 2])
        }
        if isOnDisk {
            try check(counter.cache(at: path))
            try check(counter.cache(at: path))
        } else {
            try check(counter.cache())
        }
        #expect(counter.readSamples.sorted() == Array(0..<9))
    }

    @Test("Weights pass through a cache")
    func cachedWeights() throws {
        let source = SampleSource(
            [Tensor([1, 2] as [Float])], [Tensor([3, 4] as [Float])], weights: [Tensor([5, 6] as [Float])])
        let batch = try #require(try source.cache().batch([1, 0], nil))
        #expect(batch.inputs[0] == [2, 1] && batch.targets[0] == [4, 3] && batch.weights[0] == [6, 5])
    }

    @Test("A cache of another source is refused, a damaged sample read again")
    func damagedCache() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/cache"
        #expect(try numbers(Counter(9).cache(at: path)) == Array(0..<9))
        #expect(fileError { try Counter(8).cache(at: path) }?.problem == "the cache is another source's")
        var bytes = try read(path)
        bytes[bytes.count - 1] ^= 1
        try folder.write(bytes, "cache")
        let counter = Counter(9)
        #expect(try numbers(counter.cache(at: path)) == Array(0..<9) && counter.readSamples == [8])
        expectSurvival(of: [bytes]) { bytes in
            try folder.write(bytes, "damaged")
            _ = try numbers(Counter(9).cache(at: folder.path + "/damaged"))
        }
    }

    @Test("Samples that differ in shape cannot be joined or cached")
    func ragged() throws {
        let ragged = Counter(4).map { batch, samples, _ in
            Batch(inputs: [Tensor.zeros([batch.count, samples[0] + 1])])
        }
        let cache = try ragged.cache()
        _ = try cache.batch([0], nil)
        #expect(throws: CognitronError.self) { try cache.batch([1], nil) }
        #expect(throws: CognitronError.self) {
            try ragged.take(1).concatenate(ragged.skip(1)).batch([0, 1], nil)
        }
    }

    @Test("The same batches for any number of makers", arguments: [1, 3])
    func makers(_ makers: Int) throws {
        let source = try Counter(24, open: true).shuffle(window: 5).map { $0 }
        let model = Sequential {
            Input(2)
            Dense(3)
        }
        try model.compile(
            optimizer: SGD(learningRate: 0.01), loss: .sparseCategoricalCrossentropy(fromLogits: true),
            seed: 3)
        let history = try model.fit(source, batchSize: 4, epochs: 2, makers: makers, verbose: .silent)
        let expected = Self.losses.withLock { $0 ?? history.loss }
        Self.losses.withLock { $0 = expected }
        #expect(history.loss == expected)
    }

    private static let losses = Locked<[Float]?>(nil)
}
