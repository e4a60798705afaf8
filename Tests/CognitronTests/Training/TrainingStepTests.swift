import Testing

@testable import Cognitron

@Suite("Training steps of one's own")
struct TrainingStepTests {
    private let x = Tensor.randomNormal([10, 3], seed: 1)
    private let y = Tensor.randomNormal([10, 2], seed: 2)

    /// Trains the network "learner" on the squared error, as compile would.
    private struct Regression: TrainingStep {
        func train(_ batch: Batch, _ trainer: Trainer) throws -> Scores {
            let (output, pullback) = trainer.networks["learner"].forward(batch.inputs[0], .training)
            let (loss, gradient) = Loss.meanSquaredError(output, batch.targets[0])
            _ = pullback(gradient)
            guard loss.isFinite else {
                throw CognitronError.notFinite("mine", "the loss is inf", isTraining: true)
            }
            try trainer.update("learner")
            return ["loss": loss, "largest": output.absolute.max()]
        }

        func test(_ batch: Batch, _ trainer: Trainer) throws -> Scores {
            let output = trainer.networks["learner"].forward(batch.inputs[0], .inference).output
            return ["loss": Loss.meanSquaredError(output, batch.targets[0]).loss]
        }
    }

    /// The same without a test.
    private struct Untested: TrainingStep {
        func train(_ batch: Batch, _ trainer: Trainer) throws -> Scores {
            try Regression().train(batch, trainer)
        }
    }

    private func network() throws -> Model {
        let network = Sequential([Input(3), Dense(4, activation: .tanh), BatchNormalization(), Dense(2)])
        try network.build([3])
        return network
    }

    private func trainer(
        _ network: Model, other: Model? = nil, _ step: any TrainingStep = Regression(),
        _ gradients: [any GradientTransform] = []
    ) throws -> Trainer {
        Trainer(
            networks: ["learner": network, "other": try other ?? self.network()],
            optimizers: ["learner": Adam(learningRate: 0.05)], step: step, gradients: gradients, seed: 1)
    }

    @Test("train within fit as compile's step does, with validation, callbacks and transforms of gradients")
    func asCompile() throws {
        let (mine, other, theirs) = (try network(), try network(), try network())
        let gradients: [any GradientTransform] = [.accumulate(2), .clip(globalNorm: 0.5)]
        let trainer = try trainer(mine, other: other, Regression(), gradients)
        try theirs.compile(
            optimizer: Adam(learningRate: 0.05), loss: .meanSquaredError, gradients: gradients, seed: 1)
        for (a, b) in zip(theirs.parameters, mine.parameters) { a.value = b.value }
        let before = other.parameters.map(\.value)
        let source = SampleSource([x], [y])
        let stopping = EarlyStopping(monitor: "val_loss", patience: 9, restoreBestWeights: true)
        let history = try trainer.fit(
            source, batchSize: 4, epochs: 3, validation: source, shuffle: false, callbacks: [stopping],
            verbose: .silent)
        let expected = try theirs.fit(
            x, y, batchSize: 4, epochs: 3, validationData: (x, y), shuffle: false,
            callbacks: [EarlyStopping(monitor: "val_loss", patience: 9, restoreBestWeights: true)],
            verbose: .silent)
        #expect(mine.parameters.map(\.value) == theirs.parameters.map(\.value))
        #expect(other.parameters.map(\.value) == before)
        #expect(history["largest"].count == 3)
        for name in ["loss", "val_loss"] {
            expectClose(Tensor(history[name]), Tensor(expected[name]), name)
        }
        #expect(try trainer.evaluate(source).names == ["loss"])
        #expect(trainer.stepsTaken == 9 && trainer.epochsTrained == 3)
    }

    @Test("that do not say how to measure are an error where there are validation data")
    func untested() throws {
        let trainer = try trainer(network(), Untested())
        let source = SampleSource([x], [y])
        try trainer.fit(source, verbose: .silent)
        let text = errorText { try trainer.fit(source, validation: source, verbose: .silent) }
        #expect(text.contains("does not say how to measure a batch"), "\(text)")
    }

    @Test("of a network that cannot be built are an error before the first batch")
    func impossible() throws {
        let trainer = try trainer(Sequential([Input(3), Conv2D(2, kernelSize: 3)]))
        let text = errorText { try trainer.fit(SampleSource([x], [y]), verbose: .silent) }
        #expect(text.hasPrefix("conv2d: "), "\(text)")
        // One that takes its shape from the data is built by the first step.
        let late = Sequential([Dense(4), Dense(2)])
        let history = try self.trainer(late).fit(SampleSource([x], [y]), epochs: 2, verbose: .silent)
        #expect(history.loss[1] < history.loss[0] && late.parameterCount == 26)
    }

    @Test("that throw have not taken place: statistics, accumulated gradients and steps are as before")
    func failing() throws {
        let (first, second) = (try network(), try network())
        let trainers = try [first, second].map { try trainer($0, Regression(), [.accumulate(2)]) }
        let good = Batch(inputs: [x], targets: [y])
        for trainer in trainers { _ = try trainer.train(good) }
        for bad in [Batch(inputs: [x * 3e38], targets: [y]), Batch(inputs: [x], targets: [y * 1e30])] {
            #expect(errorText { _ = try trainers[0].train(bad) }.contains("not taken"))
        }
        #expect(trainers[0].stepsTaken == 1)
        for trainer in trainers { _ = try trainer.train(good) }
        #expect(first.parameters.map(\.value) == second.parameters.map(\.value))
    }

    @Test("go on from a saved state with the same bits, in the middle of what is accumulated")
    func state() throws {
        let (first, second) = (try network(), try network())
        let trainers = try [first, second].map { try trainer($0, Regression(), [.accumulate(3)]) }
        let batch = Batch(inputs: [x], targets: [y])
        for _ in 0..<4 { _ = try trainers[0].train(batch) }
        try trainers[1].restore(trainers[0].saveState())
        for trainer in trainers { for _ in 0..<3 { _ = try trainer.train(batch) } }
        #expect(first.parameters.map(\.value) == second.parameters.map(\.value))
        #expect(trainers[0].stepsTaken == trainers[1].stepsTaken)
    }

    @Test("A joint loss of several outputs is a loss like others: in the history, and with its gradient")
    func joint() throws {
        func model() throws -> Model {
            let input = Input(3)
            return try Model(inputs: input, outputs: ["a": Dense(2)(input), "b": Dense(2)(input)])
        }
        let (joint, plain) = (try model(), try model())
        let loss = JointLoss("both") { outputs, targets in
            let parts = zip(outputs, targets).map { Loss.meanSquaredError($0, $1) }
            return (parts[0].loss + parts[1].loss, parts.map { $0.gradient })
        }
        try joint.compile(optimizer: SGD(learningRate: 0.1), losses: [:], jointLosses: [loss], seed: 1)
        try plain.compile(
            optimizer: SGD(learningRate: 0.1), losses: ["a": .meanSquaredError, "b": .meanSquaredError],
            seed: 1)
        let histories = try [joint, plain].map { try $0.fit([x], [y, y * 2], epochs: 2, verbose: .silent) }
        #expect(histories[0].scores.keys.sorted() == ["both", "loss"])
        expectClose(Tensor(histories[0].loss), Tensor(histories[1].loss), "loss")
        #expect(histories[0]["both"] == histories[0].loss)
        for (a, b) in zip(joint.parameters, plain.parameters) { expectClose(a.value, b.value, a.name) }
        #expect(try joint.evaluate([x], [y, y * 2]).names == ["loss", "both"])
    }
}
