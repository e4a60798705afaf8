import Cognitron
import Testing

/// Steps of another module around the one that compile makes.
@Suite("A training step around the supervised one")
struct WrappedStepTests {
    private static let x = Tensor.randomNormal([96, 4], seed: 1)
    private static let y = (x.squared.sum(axis: 1) .> 4).reshaped([96, 1])

    private static func model(
        _ step: ((SupervisedStep) -> any TrainingStep)? = nil, seed: UInt64 = 3
    ) throws -> Sequential {
        let model = Sequential {
            Input(4)
            Dense(16, activation: .tanh)
            Dense(1, activation: .sigmoid)
        }
        try model.compile(
            optimizer: SGD(learningRate: 0.2), loss: .binaryCrossentropy, metrics: [.accuracy], seed: seed,
            step: step)
        return model
    }

    @discardableResult
    private static func fit(_ model: Model, callbacks: [any Callback] = []) throws -> History {
        try model.fit(
            x, y, batchSize: 40, epochs: 4, validationData: (x, y), callbacks: callbacks, verbose: .silent)
    }

    @Test("One that adds nothing trains with the same bits")
    func sameBits() throws {
        let (plain, mixed) = (try Self.model(), try Self.model { Mixup(wrapped: $0, share: 0) })
        #expect(try Self.fit(plain) == Self.fit(mixed))
        #expect(plain.parameters.map(\.value) == mixed.parameters.map(\.value))
    }

    @Test("A step that changes the batch is used by fit and trainOnBatch, not by evaluate")
    func changedBatch() throws {
        let mixed = try Self.model { Mixup(wrapped: $0, share: 0.5) }
        let plain = try Self.model()
        #expect(try mixed.evaluate(Self.x, Self.y) == plain.evaluate(Self.x, Self.y))
        let (mean, target) = (
            (Self.x + Self.x.batch((0..<96).reversed())) * 0.5,
            (Self.y + Self.y.batch((0..<96).reversed())) * 0.5
        )
        #expect(try mixed.trainOnBatch(Self.x, Self.y) == plain.trainOnBatch(mean, target))
        #expect(mixed.parameters.map(\.value) == plain.parameters.map(\.value))
    }

    @Test("A penalty is learned, part of the loss, and a mean over samples")
    func penalty() throws {
        let history = try Self.fit(Self.model { Consistency(wrapped: $0, factor: 2) })
        let penalties = history["consistency"]
        #expect(penalties.count == 4 && penalties[3] < penalties[0] / 2, "\(penalties)")
        #expect(history["accuracy"].count == 4 && history["val_loss"].count == 4)
        #expect(history["val_consistency"].isEmpty)

        let model = try Self.model { Consistency(wrapped: $0, factor: 2) }
        let without = try model.testOnBatch(Self.x, Self.y).loss
        let scores = try model.trainOnBatch(Self.x, Self.y)
        let penalty = try #require(scores["consistency"])
        #expect(penalty > 0 && abs(scores.loss - without - penalty) < 1e-5)
    }

    @Test("Stopped within an epoch it goes on with the same bits, penalties included")
    func restores() throws {
        let folder = try TemporaryFolder()
        let make = { try Self.model { Consistency(wrapped: $0, factor: 1) } }
        let straight = try make()
        let expected = try Self.fit(straight)
        try Self.fit(make(), callbacks: [StopAfter(epoch: 2, batch: 2), BackupAndRestore(folder.path)])
        let resumed = try make()
        #expect(try Self.fit(resumed, callbacks: [BackupAndRestore(folder.path)]) == expected)
        #expect(resumed.parameters.map(\.value) == straight.parameters.map(\.value))
    }

    @Test("A trainer of several networks uses the loss and metrics of a compiled one")
    func distills() throws {
        let teacher = try Self.model(seed: 8)
        try Self.fit(teacher)
        let student = try Self.model()
        let trainer = Trainer(
            networks: ["teacher": teacher, "student": student], optimizers: ["student": Adam()],
            step: Distillation(wrapped: try #require(student.supervisedStep)))
        let before = teacher.parameters.map(\.value)
        let history = try trainer.fit(SampleSource(Self.x, Self.y), epochs: 30, verbose: .silent)
        #expect(teacher.parameters.map(\.value) == before)
        #expect(history["distillation"][29] < history["distillation"][0] / 2)
        #expect(history["accuracy"].count == 30 && history["loss"][29] < history["loss"][0])
    }

    @Test(
        "A step is refused by a trainer of other networks, and when its model is gone",
        arguments: [true, false])
    func otherNetworks(hasModel: Bool) throws {
        var model: Sequential? = try Self.model()
        let step = try #require(model?.supervisedStep)
        if !hasModel { model = nil }
        let trainer = Trainer(networks: ["other": try Self.model()], optimizers: [:], step: step)
        let error = try #require(
            #expect(throws: CognitronError.self) {
                try trainer.fit(SampleSource(Self.x, Self.y), verbose: .silent)
            })
        #expect(error.problem.contains(hasModel ? "does not train the model" : "has been freed"), "\(error)")
        withExtendedLifetime(model) {}
    }

    @Test("The loss of outputs is that of compile, weights of samples included")
    func lossOfOutputs() throws {
        let model = try Self.model()
        let step = try #require(model.supervisedStep)
        let weights = Tensor((0..<96).map { Float($0 % 3) })
        let batch = Batch(inputs: [Self.x], targets: [Self.y], weights: [weights])
        let outputs = [try model.predict(Self.x)]
        let (loss, gradients) = try step.loss(of: outputs, batch)
        let expected = Loss.binaryCrossentropy(outputs[0], Self.y, sampleWeight: weights)
        #expect(loss == expected.loss && gradients == [expected.gradient])
        #expect(step.objectives.map(\.name) == model.outputNames && step.objectives[0].weight == 1)
        #expect(throws: CognitronError.self) {
            try step.loss(of: outputs, Batch(inputs: [Self.x], targets: [Self.y, Self.y]))
        }
    }

    @Test("Invalid arguments of a user's loss and metric are thrown by compile")
    func invalidArguments() throws {
        let model = Sequential { Dense(1) }
        let problem = (expected: "an exponent above 0", got: "-1")
        let loss = Loss("power", problem: problem) { prediction, target in
            ((prediction - target).squared.mean(axis: -1), prediction - target)
        }
        let metric = MeanMetric("power", problem: problem) { prediction, _ in prediction.mean(axis: -1) }
        let error = try #require(
            #expect(throws: CognitronError.self) { try model.compile(optimizer: SGD(), loss: loss) })
        #expect(error.description == "power: invalid argument; expected an exponent above 0, got -1")
        #expect(throws: error) {
            try model.compile(optimizer: SGD(), loss: .meanSquaredError, metrics: [metric])
        }
    }
}
