import Foundation
import Testing

@testable import Cognitron

@Suite("The flight recorder")
struct FlightRecorderTests {
    private let folder: TemporaryFolder
    private let x = Tensor.randomUniform([8, 2], seed: 1)
    private let y = Tensor.randomUniform([8, 1], seed: 2)

    init() throws { folder = try TemporaryFolder() }

    private func chain(
        _ loss: Loss = .meanSquaredError, optimizer: any Optimizer = SGD(learningRate: 0.01)
    ) throws -> Sequential {
        let model = Sequential([Input(2), Dense(2, name: "a"), Dense(1, name: "b")])
        try model.compile(optimizer: optimizer, loss: loss, seed: 1)
        return model
    }

    /// The text of the error, and the record in the file, which replays on a model of the same kind.
    private func fail(
        _ model: Model, _ twin: Model, _ x: Tensor, _ y: Tensor, epochs: Int = 1
    ) throws -> (text: String, record: FlightRecord, origin: NonFiniteOrigin) {
        let path = folder.file("run.flight.json")
        let text = errorText {
            try model.fit(
                x, y, batchSize: 4, epochs: epochs, callbacks: [FlightRecorder(path)], verbose: .silent)
        }
        let record = try FlightRecord(contentsOf: path)
        let origin = try #require(record.origin)
        #expect(text.contains("it begins in \(origin); expected finite numbers"), "\(text)")
        #expect(text.hasSuffix("the last steps are in \(path)"))
        #expect(try record.replay(twin, SampleSource([x], [y])) == origin)
        return (text, record, origin)
    }

    @Test("A forward pass that overflows names the layer and the sample")
    func forward() throws {
        var x = x
        x[5, 0] = 1e30
        let model = try chain()
        model.layer(named: "a")?.allParameters[0].value *= 1e10
        let (text, record, origin) = try fail(model, try chain(), x, y)
        #expect(
            (origin.place, origin.pass, origin.samples) == ("a", .forward, [5])
                && origin.problem.contains("inf"))
        #expect(text.contains("mean_squared_error (epoch 1, batch "))
        #expect(text.contains("a, forward: its output holds ") && text.contains("(sample 5)"))
        #expect(record.steps.last?.samples.contains(5) == true)
        #expect(record.steps.last?.inputs?[0].greatest == 1e30)
        #expect(record.steps.last?.parameters?.keys.sorted() == ["a/bias", "a/kernel", "b/bias", "b/kernel"])
    }

    /// A loss of 0 with a gradient of `size` where the target is 2.
    private static func steep(_ size: Float) -> Loss {
        Loss("steep") { _, target in
            (.zeros([target.shape[0]]), Tensor.where(target .> 1, Tensor(size), Tensor(0)))
        }
    }

    @Test("A loss's gradient that is not finite names the loss and the sample")
    func loss() throws {
        var y = y
        y[3, 0] = 2
        let (_, _, origin) = try fail(try chain(Self.steep(.nan)), try chain(Self.steep(.nan)), x, y)
        #expect(
            origin
                == NonFiniteOrigin(
                    place: "steep", pass: .loss, problem: "its gradient holds nan", samples: [3]))
        #expect(origin.description == "steep: its gradient holds nan (sample 3)")
    }

    @Test("A backward pass that overflows names the layer and the sample")
    func backward() throws {
        var y = y
        y[2, 0] = 2
        let (model, twin) = (try chain(Self.steep(1e30)), try chain(Self.steep(1e30)))
        model.layer(named: "b")?.allParameters[0].value = Tensor([1e20, 1e20], shape: [2, 1])
        let (_, _, origin) = try fail(model, twin, x, y)
        #expect(
            origin.description == "b, backward: the gradient of its input holds inf (sample 2)")
    }

    @Test("A parameter's gradient that overflows names the sample that makes it so by itself")
    func parameterGradient() throws {
        var (x, y) = (x, y)
        (x[4, 1], y[4, 0]) = (1e20, 2)
        let (_, record, origin) = try fail(
            try chain(Self.steep(1e20)), try chain(Self.steep(1e20)), x, y)
        #expect(origin.place == "b" && origin.pass == .backward && origin.samples == [4])
        #expect(origin.problem.hasPrefix("the gradient of its kernel holds "))
        #expect(record.steps.last?.gradientNorms?["b/kernel"]?.isFinite == false)
    }

    @Test("A statistic that is not finite names all samples, of which none causes it alone")
    func statistic() throws {
        func make() throws -> Model {
            let model = Sequential([Input(2), Sequential([BatchNormalization()], name: "inner"), Dense(1)])
            try model.compile(optimizer: SGD(), loss: .meanSquaredError, seed: 1)
            return model
        }
        let x = Tensor((0..<8).map { $0 / 2 % 2 == 0 ? 1e20 : -1e20 }, shape: [4, 2])
        let (_, _, origin) = try fail(try make(), try make(), x, y[0..<4])
        #expect(
            origin.place == "inner/batch_normalization" && origin.problem.hasPrefix("its moving_variance"))
        #expect(origin.samples.sorted() == [0, 1, 2, 3])
    }

    @Test("Weights that the step before has made infinite are named")
    func weights() throws {
        let make = { try self.chain(optimizer: SGD(learningRate: 1e38)) }
        let (_, record, origin) = try fail(try make(), try make(), x, y * 1e6, epochs: 2)
        #expect(origin.pass == .weights && origin.samples.isEmpty)
        #expect(origin.description.hasSuffix("before the step"))
        #expect(
            record.steps.count == 2 && record.steps[0].loss?.isFinite == true && record.steps[1].loss == nil)
    }

    /// A model with everything that a step draws and changes, whose training fails after some epochs: the
    /// learning rate grows.
    private func growing() throws -> (Model, [any Callback]) {
        let model = Sequential([
            Input(2), Dense(8, activation: .relu), BatchNormalization(), Dropout(0.3), Dense(1),
        ])
        try model.compile(optimizer: SGD(learningRate: 0.01, momentum: 0.9), loss: .meanSquaredError, seed: 1)
        return (model, [LearningRateScheduler { epoch, rate in epoch < 40 ? rate : 1e18 }])
    }

    @Test("The record holds the last 64 steps, and the recorder changes nothing in the training")
    func ring() throws {
        let path = folder.file("run.json")
        let (recorded, schedule) = try growing()
        let (plain, sameSchedule) = try growing()
        let text = errorText {
            try recorded.fit(
                x, y, batchSize: 4, epochs: 60,
                callbacks: schedule + [FlightRecorder(path, metadata: ["a": "b"])],
                verbose: .silent)
        }
        let error = errorText {
            try plain.fit(x, y, batchSize: 4, epochs: 60, callbacks: sameSchedule, verbose: .silent)
        }
        #expect(text.hasPrefix(error.prefix { $0 != ";" }))
        #expect(recorded.parameters.map(\.value) == plain.parameters.map(\.value))
        #expect(recorded.trainer?.saveState() == plain.trainer?.saveState())
        let record = try FlightRecord(contentsOf: path)
        let last = try #require(recorded.trainer).stepsTaken + 1
        #expect(record.steps.map(\.step) == Array(last - 63...last))
        #expect(record.steps.map(\.batch) == record.steps.map { 2 - $0.step % 2 })
        #expect(record.steps.dropLast().allSatisfy { $0.loss?.isFinite == true && $0.samples.count == 4 })
        let measured = record.steps.dropLast().filter { $0.gradientNorms != nil }
        #expect(!measured.isEmpty && measured.allSatisfy { ($0.step - 1) % 32 == 0 && $0.inputs != nil })
        #expect(record.metadata == ["a": "b"] && record.epochsBefore == record.steps[63].epoch - 1)
        let (twin, _) = try growing()
        #expect(try record.replay(twin, SampleSource([x], [y])) == record.origin)
        // The weights before the failed step.
        #expect(twin.parameters.map(\.value) == plain.parameters.map(\.value))
    }

    @Test("With several networks, paths begin with the network's name")
    func networks() throws {
        struct Both: TrainingStep {
            func train(_ batch: Batch, _ trainer: Trainer) throws -> Scores {
                var total: Float = 0
                for (name, network) in trainer.networks {
                    let (output, pullback) = network.forward(batch.inputs[0], .training)
                    _ = pullback(output)
                    try trainer.update(name)
                    total += output.sum()
                }
                return ["loss": total]
            }
        }
        func make() -> Trainer {
            Trainer(
                networks: [
                    "left": Sequential([Input(2), Dense(1)]), "right": Sequential([Input(2), Dense(1)]),
                ],
                optimizers: ["left": SGD(), "right": SGD()], step: Both(), seed: 1)
        }
        let (trainer, path) = (make(), folder.file("run.json"))
        trainer.networks["right"].parameters[0].value *= 1e36
        let source = SampleSource([x * 1e3])
        let text = errorText {
            try trainer.fit(source, batchSize: 8, callbacks: [FlightRecorder(path)], verbose: .silent)
        }
        #expect(text.contains("it begins in right/dense, forward: its output holds "), "\(text)")
        let record = try FlightRecord(contentsOf: path)
        #expect(record.steps.last?.gradientNorms?["left/dense/kernel"]?.isFinite == true)
        #expect(try record.replay(make(), source) == record.origin)
    }

    @Test("Files that are no records, and models that do not fit, are errors")
    func files() throws {
        let path = folder.file("run.json")
        #expect(errorText { _ = try FlightRecord(contentsOf: path) }.contains("there is no such file"))
        try Data("{}".utf8).write(to: URL(fileURLWithPath: path))
        #expect(
            errorText { _ = try FlightRecord(contentsOf: path) }.contains("is no record of a failed training")
        )
        let (_, record, _) = try fail(try chain(Self.steep(.nan)), try chain(Self.steep(.nan)), x, y + 2)
        let other = Sequential([Input(2), Dense(1)])
        try other.compile(optimizer: SGD(), loss: .meanSquaredError)
        #expect(
            errorText { _ = try record.replay(other, SampleSource([x], [y])) }.contains(
                "the state is of another"))
        let unwritable = folder.file("no/run.json")
        let text = errorText {
            try chain(Self.steep(.nan)).fit(
                x, y + 2, callbacks: [FlightRecorder(unwritable)], verbose: .silent)
        }
        #expect(text.contains("it begins in steep") && text.contains("the last steps could not be recorded"))
    }
}
