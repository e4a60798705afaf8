import Testing

@testable import Cognitron

@Suite("Sources of batches")
struct BatchSourceTests {
    /// Numbers that go on from 0, with the same as target, and an end that only asking for it shows.
    private struct Stream: BatchSource {
        let count: Int
        var sampleCount: Int? { nil }

        func batch(_ samples: [Int], _ draw: Draw?) throws -> Batch? {
            let there = samples.filter { $0 < count }
            guard !there.isEmpty else { return nil }
            let x = Tensor(there.map { Float($0) / 10 }).reshaped([there.count, 1])
            return Batch(inputs: [x], targets: [x], weights: [])
        }
    }

    private func model() throws -> Model {
        let model = Sequential([Input(1), Dense(1)])
        try model.compile(optimizer: SGD(learningRate: 0.1), loss: .meanSquaredError, seed: 1)
        return model
    }

    @Test("One that does not know its length trains, validates and evaluates as the arrays do")
    func unknownLength() throws {
        let x = Tensor((0..<10).map { Float($0) / 10 }).reshaped([10, 1])
        let (streamed, arrays) = (try model(), try model())
        let history = try streamed.fit(
            Stream(count: 10), batchSize: 4, epochs: 3, validation: Stream(count: 10), verbose: .silent)
        let expected = try arrays.fit(
            x, x, batchSize: 4, epochs: 3, validationData: (x, x), shuffle: false, verbose: .silent)
        #expect(history == expected)
        #expect(try streamed.evaluate(Stream(count: 10), batchSize: 4) == arrays.evaluate(x, x, batchSize: 4))
    }

    @Test("With stepsPerEpoch the next epoch goes on where the last one ended, and starts anew after the end")
    func goesOn() throws {
        let (streamed, arrays) = (try model(), try model())
        try streamed.fit(Stream(count: 8), batchSize: 2, epochs: 3, stepsPerEpoch: 3, verbose: .silent)
        // Batches 0 1 2, then 3 and the end, then 0 1 2.
        for number in [0, 1, 2, 3, 0, 1, 2] {
            let x = try #require(try Stream(count: 8).batch([2 * number, 2 * number + 1], nil)).inputs[0]
            try arrays.trainOnBatch(x, x)
        }
        #expect(streamed.parameters.map(\.value) == arrays.parameters.map(\.value))
    }

    @Test(
        "An epoch that would begin at the end of a source begins anew, and a source that gives nothing is an error"
    )
    func ends() throws {
        let (streamed, arrays) = (try model(), try model())
        let history = try streamed.fit(
            Stream(count: 6), batchSize: 2, epochs: 3, stepsPerEpoch: 3, verbose: .silent)
        let x = Tensor((0..<6).map { Float($0) / 10 }).reshaped([6, 1])
        #expect(try history == arrays.fit(x, x, batchSize: 2, epochs: 3, shuffle: false, verbose: .silent))
        for steps in [nil, 2] {
            let text = errorText {
                try streamed.fit(Stream(count: 0), stepsPerEpoch: steps, verbose: .silent)
            }
            #expect(text.hasPrefix("the source: gave no batch"), "\(text)")
        }
        #expect(errorText { _ = try streamed.evaluate(Stream(count: 0)) }.contains("gave no batch"))
    }

    @Test("Batches whose inputs, targets or weights do not fit the model are errors")
    func misfits() throws {
        struct Fixed: BatchSource {
            let made: Batch
            var sampleCount: Int? { 2 }
            func batch(_ samples: [Int], _ draw: Draw?) throws -> Batch? { made }
        }
        let ones = Tensor.ones([2, 1])
        let batches: [(Batch, String)] = [
            (Batch(inputs: [ones, ones], targets: [ones]), "wrong number of inputs or targets"),
            (Batch(inputs: [ones]), "wrong number of inputs or targets"),
            (Batch(inputs: [.ones([2, 3])], targets: [ones]), "do not fit the model"),
            (Batch(inputs: [ones], targets: [.ones([2, 3])]), "targets do not fit"),
            (Batch(inputs: [ones], targets: [ones], weights: [.ones([3])]), "sample weights of shape"),
            (Batch(inputs: [ones / 0], targets: [ones]), "not finite"),
        ]
        for (batch, problem) in batches {
            let model = try model()
            let text = errorText { try model.fit(Fixed(made: batch), verbose: .silent) }
            #expect(text.contains(problem), "\(text)")
            #expect(errorText { _ = try model.evaluate(Fixed(made: batch)) }.contains(problem))
        }
    }
}
