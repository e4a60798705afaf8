import CognitronKernels
import Dispatch
import Testing

@testable import Cognitron

@Suite("fit, evaluate and predict", .serialized)
struct FitTests {
    static func makeModel(seed: UInt64 = 1, optimizer: any Optimizer = SGD(learningRate: 0.05, momentum: 0.9))
        throws -> Sequential
    {
        let model = Sequential {
            Input(6, 6, 2)
            Conv2D(4, kernelSize: 3, padding: .same, useBias: false)
            BatchNormalization()
            ReLU()
            MaxPooling2D()
            Flatten()
            Dropout(0.2)
            Dense(3, activation: .softmax)
        }
        try model.compile(
            optimizer: optimizer, loss: .sparseCategoricalCrossentropy, metrics: [.accuracy], seed: seed)
        return model
    }

    /// Pictures whose class is the brightest third.
    static func makeData(_ count: Int = 50) -> (x: Tensor, y: Tensor) {
        var x = Tensor.randomUniform([count, 6, 6, 2], seed: 3)
        let labels = (0..<count).map { $0 % 3 }
        x.withUnsafeMutableScalars { pixels in
            for (n, label) in labels.enumerated() {
                for i in 0..<24 { pixels[n * 72 + label * 24 + i] += 1 }
            }
        }
        return (x, Tensor(labels))
    }

    @Test("A network learns, and its history has a number an epoch")
    func learns() throws {
        let (x, y) = Self.makeData()
        let model = try Self.makeModel()
        let history = try model.fit(x, y, batchSize: 16, epochs: 8, validationData: (x, y), verbose: .silent)
        #expect(history.epochs == Array(1...8))
        #expect(history["loss"].count == 8 && history["val_accuracy"].count == 8)
        #expect(try #require(history["val_accuracy"].last) > 0.9)
        #expect(try model.evaluate(x, y).loss == history["val_loss"].last)
    }

    @Test("The same seed gives the same weights, bit for bit, for 1, 2, 3 and 4 threads")
    func reproducible() throws {
        let (x, y) = Self.makeData()
        let before = Threads.count
        defer { Threads.count = before }
        let weights = try [1, 2, 3, 4].map { threads in
            Threads.count = threads
            let model = try Self.makeModel(seed: 7)
            try model.fit(x, y, batchSize: 16, epochs: 2, verbose: .silent)
            return model.parameters.map(\.value)
        }
        for other in weights.dropFirst() { #expect(other == weights[0]) }
        #expect(
            try Self.makeModel(seed: 8).parameters[0].value != Self.makeModel(seed: 7).parameters[0].value)
    }

    @Test("A short last batch counts by its samples")
    func shortBatch() throws {
        let (x, y) = Self.makeData(50)
        let model = try Self.makeModel()
        let whole = try model.evaluate(x, y, batchSize: 50)
        let parts = try model.evaluate(x, y, batchSize: 16)
        #expect(abs(whole.loss - parts.loss) < 1e-5)
        #expect(whole.accuracy == parts.accuracy)
    }

    @Test("A batch larger than the data is the data")
    func hugeBatch() throws {
        let (x, y) = Self.makeData(10)
        let model = try Self.makeModel()
        #expect(try model.fit(x, y, batchSize: .max, epochs: 1, verbose: .silent).epochs == [1])
        #expect(try model.predict(x, batchSize: .max) == model.predict(x))
        #expect(try model.evaluate(x, y, batchSize: .max)["loss"] == model.evaluate(x, y)["loss"])
    }

    @Test("Batches of one sample, and of one more than there are")
    func extremeBatches() throws {
        let (x, y) = Self.makeData(10)
        let (whole, more) = (try Self.makeModel(), try Self.makeModel())
        try whole.fit(x, y, batchSize: 10, epochs: 2, verbose: .silent)
        try more.fit(x, y, batchSize: 11, epochs: 2, verbose: .silent)
        #expect(whole.parameters.map(\.value) == more.parameters.map(\.value))
        let expected = try whole.predict(x)
        #expect(try whole.predict(x, batchSize: 11) == expected)
        #expect(try whole.predict(x, batchSize: 1).isClose(to: expected))
        #expect(abs(try whole.evaluate(x, y, batchSize: 1).loss - whole.evaluate(x, y).loss) < 1e-5)
        let single = try Self.makeModel()
        try single.fit(x, y, batchSize: 1, epochs: 1, verbose: .silent)
        #expect(single.parameters.allSatisfy { $0.value.isFinite })
        #expect(single.parameters[0].value != (try Self.makeModel().parameters[0].value))
    }

    @Test("Eight threads that predict at once get what one gets")
    func concurrentPrediction() throws {
        let (x, _) = Self.makeData(20)
        let model = try Self.makeModel()
        let expected = try model.predict(x)
        let equal = (0..<8).map { _ in Tensor.zeros([1]) }
        let results = ResultBox(equal)
        DispatchQueue.concurrentPerform(iterations: 8) { index in
            if let prediction = try? model.predict(x) { results.set(index, prediction) }
        }
        #expect(results.all.allSatisfy { $0 == expected })
    }

    @Test("A class's weight is that of its samples")
    func classWeight() throws {
        let (x, y) = Self.makeData(30)
        let weights = y.map { $0 == 1 ? 3 : 1 }
        let (a, b) = (try Self.makeModel(), try Self.makeModel())
        try a.fit(x, y, batchSize: 8, callbacks: [], verbose: .silent)
        try b.fit(x, y, batchSize: 8, verbose: .silent)
        #expect(a.parameters[0].value == b.parameters[0].value)
        try a.fit(x, y, batchSize: 8, classWeight: [1: 3], verbose: .silent)
        try b.fit(x, y, batchSize: 8, sampleWeight: weights, verbose: .silent)
        #expect(a.parameters[0].value == b.parameters[0].value)
    }

    @Test("The validation split is taken from the end")
    func validationSplit() throws {
        let (x, y) = Self.makeData(40)
        let (a, b) = (try Self.makeModel(), try Self.makeModel())
        let split = try a.fit(x, y, validationSplit: 0.25, verbose: .silent)
        let given = try b.fit(
            x[0..<30], y[0..<30], validationData: (x[30..<40], y[30..<40]), verbose: .silent)
        #expect(split == given)
    }

    @Test("A frozen parameter stays as it is")
    func frozen() throws {
        let (x, y) = Self.makeData()
        let model = try Self.makeModel()
        let kernel = model.parameters[0]
        kernel.isTrainable = false
        let before = (kernel.value, try #require(model.parameters.last).value)
        try model.trainOnBatch(x, y)
        #expect(kernel.value == before.0)
        #expect(model.parameters.last?.value != before.1)
    }

    @Test("A custom loop of the same pieces does what trainOnBatch does")
    func customLoop() throws {
        let (x, y) = Self.makeData()
        let (a, b) = (try Self.makeModel(), try Self.makeModel())
        let optimizer = SGD(learningRate: 0.05, momentum: 0.9)
        for _ in 0..<3 {
            try a.trainOnBatch(x, y)
            let (output, pullback) = b.forward(x, .training)
            let (_, gradient) = Loss.sparseCategoricalCrossentropy(output, y)
            _ = pullback(gradient)
            optimizer.step(b.parameters)
        }
        for (p, q) in zip(a.parameters, b.parameters) {
            #expect(p.value.isClose(to: q.value, absolute: 1e-5))
        }
    }

    @Test("Early stopping ends the training and brings the best weights back")
    func earlyStopping() throws {
        let (x, y) = Self.makeData()
        let model = try Self.makeModel(optimizer: SGD(learningRate: 0))
        let stopping = EarlyStopping(monitor: "loss", minDelta: 10, patience: 2, restoreBestWeights: true)
        let kernel = model.parameters[0].value
        let history = try model.fit(x, y, epochs: 10, callbacks: [stopping], verbose: .silent)
        #expect(history.epochs.count == 3 && stopping.stoppedEpoch == 3)
        #expect(model.parameters[0].value == kernel)
    }

    @Test("Early stopping brings the best weights back also where an error ends the training")
    func earlyStoppingAfterError() throws {
        /// Ends the training after the given epoch, as a full disk would.
        final class Failure: Callback {
            struct DiskIsFull: Error {}
            var ends = 0
            func onEpochEnd(_ epoch: Int, _ scores: Scores, _ model: Model) throws {
                if epoch == 2 { throw DiskIsFull() }
            }
            func onTrainEnd(_ model: Model) throws {
                ends += 1
                throw CancellationError()
            }
        }
        let (x, y) = Self.makeData()
        let model = try Self.makeModel()
        // Nothing improves by so much: the first epoch is the best.
        let stopping = EarlyStopping(monitor: "loss", minDelta: 10, patience: 9, restoreBestWeights: true)
        let failure = Failure()
        var best: [Tensor] = []
        let watch = Watch { if $0 == 1 { best = $1.parameters.map(\.value) } }
        #expect(throws: Failure.DiskIsFull.self) {
            try model.fit(x, y, epochs: 5, callbacks: [stopping, failure, watch], verbose: .silent)
        }
        #expect(failure.ends == 1)
        #expect(!best.isEmpty && model.parameters.map(\.value) == best)
    }
}

/// Calls a function after every epoch.
final class Watch: Callback {
    private let function: (_ epoch: Int, _ model: Model) -> Void

    init(_ function: @escaping (_ epoch: Int, _ model: Model) -> Void) { self.function = function }
    func onEpochEnd(_ epoch: Int, _ scores: Scores, _ model: Model) throws { function(epoch, model) }
}

/// Results gathered from several threads. `@unchecked Sendable`: each thread writes an element of its own
/// under a lock.
final class ResultBox: @unchecked Sendable {
    private var values: [Tensor]
    private let queue = DispatchQueue(label: "results")

    init(_ values: [Tensor]) { self.values = values }
    func set(_ index: Int, _ value: Tensor) { queue.sync { values[index] = value } }
    var all: [Tensor] { queue.sync { values } }
}
