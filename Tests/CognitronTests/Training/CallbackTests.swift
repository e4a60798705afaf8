import Foundation
import Testing

@testable import Cognitron

@Suite("Callbacks")
struct CallbackTests {
    private let x = Tensor.randomNormal([10, 2], seed: 1)
    private let y = Tensor.randomNormal([10, 1], seed: 2)

    private func model(_ optimizer: any Optimizer = SGD(learningRate: 1)) throws -> Model {
        let model = Sequential([Input(2), Dense(1)])
        try model.compile(optimizer: optimizer, loss: .meanSquaredError, seed: 1)
        return model
    }

    /// A callback that notes every call.
    private func recorder(_ note: @escaping (String) -> Void) -> LambdaCallback {
        LambdaCallback(
            onEpochBegin: { epoch, _ in note("epoch \(epoch)") },
            onEpochEnd: { epoch, scores, _ in note("/epoch \(epoch) \(scores.names)") },
            onTrainBegin: { _ in note("train") }, onTrainEnd: { _ in note("/train") },
            onTrainBatchBegin: { batch, _ in note("batch \(batch)") },
            onTrainBatchEnd: { batch, scores, _ in note("/batch \(batch) \(scores.names)") },
            onTestBegin: { _ in note("test") }, onTestEnd: { scores, _ in note("/test \(scores.names)") },
            onTestBatchBegin: { batch, _ in note("test \(batch)") },
            onTestBatchEnd: { batch, scores, _ in note("/test \(batch) \(scores.names)") },
            onPredictBegin: { _ in note("predict") }, onPredictEnd: { _ in note("/predict") },
            onPredictBatchBegin: { batch, _ in note("predict \(batch)") },
            onPredictBatchEnd: { batch, outputs, _ in note("/predict \(batch) \(outputs[0].shape)") })
    }

    @Test("fit, evaluate and predict call every method in Keras's order")
    func order() throws {
        let model = try model(SGD(learningRate: 0.1))
        var notes: [String] = []
        let recorder = recorder { notes.append($0) }
        try model.fit(
            x, y, batchSize: 6, validationData: (x[0..<3], y[0..<3]), callbacks: [recorder], verbose: .silent)
        #expect(
            notes == [
                "train", "epoch 1", "batch 1", "/batch 1 [\"loss\"]", "batch 2", "/batch 2 [\"loss\"]",
                "test", "test 1", "/test 1 [\"loss\"]", "/test [\"loss\"]",
                "/epoch 1 [\"loss\", \"val_loss\"]", "/train",
            ])
        notes = []
        let scores = try model.evaluate(x, y, batchSize: 4, callbacks: [recorder])
        #expect(
            notes == ["test"]
                + (1...3).flatMap { ["test \($0)", "/test \($0) [\"loss\"]"] } + ["/test [\"loss\"]"])
        #expect(try model.evaluate(x, y, batchSize: 4) == scores)
        for (batchSize, rows) in [(4, [4, 4, 2]), (20, [10])] {
            notes = []
            let outputs = try model.predict(x, batchSize: batchSize, callbacks: [recorder])
            let batches = rows.enumerated().flatMap {
                ["predict \($0 + 1)", "/predict \($0 + 1) \(Shape([$1, 1]))"]
            }
            #expect(notes == ["predict"] + batches + ["/predict"])
            #expect(try model.predict(x, batchSize: batchSize) == outputs)
        }
    }

    /// Keras's: the epochs' losses, and what its callbacks make of them.
    private static let losses: [Float] = [
        1.0, 0.9, 0.95, 0.93, 0.92, 0.91, 0.89995, 0.5, 0.6, 0.7, 0.8, 0.9, 0.49, 0.6, 0.7, 0.8, 0.9, 1.0,
        1.1, 1.2,
    ]

    /// The value after each epoch; stops where the callback stops the training.
    private func run<Value>(
        _ callback: any Callback, _ model: Model, _ value: () -> Value
    ) throws -> [Value] {
        model.stopTraining = false
        try callback.onTrainBegin(model)
        var values: [Value] = []
        for (index, loss) in Self.losses.enumerated() where !model.stopTraining {
            try callback.onEpochEnd(index + 1, ["loss": loss], model)
            values.append(value())
        }
        return values
    }

    @Test("ReduceLROnPlateau lowers the rate of any optimizer in the epochs in which Keras does")
    func plateau() throws {
        // The epochs, from 1, after which Keras's rate is lower than before.
        let cases: [(callback: ReduceLROnPlateau, epochs: [Int], last: Float)] = [
            (.init(monitor: "loss", patience: 2), [4, 6, 10, 12, 15, 17, 19], 1e-7),
            (.init(monitor: "loss", factor: 0.5, patience: 3, cooldown: 2), [5, 11, 16, 20], 0.0625),
            (.init(monitor: "loss", patience: 1, minLr: 0.05), [3, 4], 0.05),
            (
                .init(monitor: "loss", factor: 0.5, patience: 0),
                [3, 4, 5, 6, 7, 9, 10, 11, 12, 14, 15, 16, 17, 18, 19, 20], 0x1p-16
            ),
            (
                .init(monitor: "loss", patience: 2, minDelta: 0.2, cooldown: 1),
                [3, 5, 7, 10, 12, 14, 16, 18, 20], 1e-9
            ),
            (
                .init(monitor: "loss", factor: 0.5, patience: 2, mode: .maximum),
                [3, 5, 7, 9, 11, 13, 15, 17], 0x1p-8
            ),
        ]
        for make: () -> any Optimizer in [{ SGD(learningRate: 1) }, { Adam(learningRate: 1) }] {
            for (callback, epochs, last) in cases {
                let model = try model(make())
                let optimizer = try #require(model.optimizer)
                let rates = try run(callback, model) { optimizer.learningRate }
                let lowered = rates.indices.filter { rates[$0] < ($0 == 0 ? 1 : rates[$0 - 1]) }.map {
                    $0 + 1
                }
                // A rate at its minimum stays there.
                #expect(lowered == epochs)
                #expect(abs(try #require(rates.last) / last - 1) < 1e-5)
            }
        }
    }

    @Test("ReduceLROnPlateau refuses schedules and invalid arguments")
    func plateauErrors() throws {
        func text(_ callback: ReduceLROnPlateau, _ optimizer: any Optimizer = SGD()) throws -> String {
            let model = try model(optimizer)
            return errorText { try model.fit(x, y, callbacks: [callback], verbose: .silent) }
        }
        let onLoss = ReduceLROnPlateau(monitor: "loss")
        let schedule = Lookahead(SGD(learningRate: .cosineDecay(initialLearningRate: 1, decaySteps: 9)))
        #expect(try text(onLoss, schedule).contains("the learning rate is a schedule's"))
        #expect(try text(.init(monitor: "loss", factor: 1)).contains("invalid factor"))
        #expect(try text(.init(monitor: "loss", patience: -1)).contains("invalid patience"))
        #expect(try text(.init(monitor: "loss", cooldown: -1)).contains("invalid cooldown"))
        #expect(try text(.init(monitor: "loss", minLr: -1)).contains("invalid minLr"))
        #expect(try text(.init()).contains("nothing called val_loss is measured"))
    }

    @Test("EarlyStopping stops after the epoch after which Keras does")
    func stopping() throws {
        let cases: [(callback: EarlyStopping, stopped: Int, best: Int)] = [
            (.init(monitor: "loss", patience: 2), 4, 2),
            (.init(monitor: "loss", patience: 2, baseline: 0.7), 3, 2),
            (.init(monitor: "loss", patience: 3, baseline: 0.4), 3, 2),
            (.init(monitor: "loss", patience: 2, startFromEpoch: 5), 10, 8),
            (.init(monitor: "loss"), 3, 2),
            (.init(monitor: "loss", minDelta: 0.06, patience: 2), 4, 2),
            (.init(monitor: "loss", patience: 1, baseline: 0.3, startFromEpoch: 2), 9, 8),
            (.init(monitor: "loss", patience: 5, baseline: 0.95), 18, 13),
        ]
        let model = try model()
        for (callback, stopped, best) in cases {
            #expect(try run(callback, model) { 0 }.count == stopped)
            #expect(callback.stoppedEpoch == stopped && callback.bestEpoch == best)
        }
    }

    @Test("verbose prints what happened")
    func messages() throws {
        let model = try model(SGD(learningRate: 0))
        let folder = try TemporaryFolder()
        var lines: [String] = []
        model.trainer?.announcing = { lines.append($0) }
        let (best, all) = (folder.file("best"), folder.file("all"))
        try model.fit(
            x, y, batchSize: 10, epochs: 9,
            callbacks: [
                ModelCheckpoint(best, monitor: "loss", verbose: true, saveBestOnly: true),
                ModelCheckpoint(all, verbose: true, saveFreq: .steps(3)),
                LearningRateScheduler(verbose: true) { epoch, rate in epoch == 1 ? 0.5 : 0 },
                EarlyStopping(monitor: "loss", patience: 2, verbose: true, restoreBestWeights: true),
            ], verbose: .silent)
        #expect(lines[0] == "Epoch 1: LearningRateScheduler setting learning rate to 0.5.")
        #expect(
            lines[1].hasPrefix("Epoch 1: loss improved to ")
                && lines[1].hasSuffix(", saving model to \(best)"))
        let text = lines.joined(separator: "\n")
        for line in [
            "Epoch 3: saving model to \(all)", "Epoch 4: early stopping", "did not improve from",
            "Restoring model weights from the end of the best epoch: 2.",
        ] { #expect(text.contains(line), "\(text)") }

        lines = []
        let plateau = ReduceLROnPlateau(
            monitor: "loss", factor: 0.5, patience: 1, verbose: true, mode: .maximum)
        model.optimizer?.learningRate = 0.25
        try model.fit(x, y, batchSize: 10, epochs: 2, callbacks: [plateau], verbose: .silent)
        #expect(lines == ["Epoch 2: ReduceLROnPlateau reducing learning rate to 0.125."])
    }

    @Test("ModelCheckpoint saves after steps, weights alone, and from a threshold on")
    func checkpoints() throws {
        let folder = try TemporaryFolder()
        let model = try model(SGD(learningRate: 0.01))
        func fit(_ callback: ModelCheckpoint) throws {
            try model.fit(x, y, batchSize: 4, epochs: 2, callbacks: [callback], verbose: .silent)
        }
        // Three steps an epoch: the counts go on over the end of an epoch.
        try fit(ModelCheckpoint(folder.file("{epoch}-{batch:02d}"), saveFreq: .steps(2)))
        #expect(folder.contents == ["1-02", "2-01", "2-03"])
        let weights = folder.file("weights")
        try fit(ModelCheckpoint(weights, saveWeightsOnly: true))
        #expect(!errorText { _ = try Model.load(weights) as Model }.isEmpty)
        let twin = try self.model()
        try twin.load(weights)
        #expect(try twin.predict(x) == model.predict(x))
        try fit(
            ModelCheckpoint(
                folder.file("never"), monitor: "loss", saveBestOnly: true, initialValueThreshold: 0))
        #expect(!folder.contents.contains("never"))
        try fit(
            ModelCheckpoint(
                folder.file("best"), monitor: "loss", saveBestOnly: true, initialValueThreshold: 1e9))
        #expect(folder.contents.contains("best"))
        for (callback, problem) in [
            (ModelCheckpoint(folder.file("m"), saveFreq: .steps(0)), "invalid saveFreq"),
            (
                ModelCheckpoint(folder.file("m"), saveBestOnly: true, saveFreq: .steps(2)),
                "nothing called val_loss"
            ),
        ] {
            let text = errorText { try fit(callback) }
            #expect(text.contains(problem), "\(text)")
        }
        let text = errorText {
            try model.fit(
                x, y, validationData: (x, y),
                callbacks: [ModelCheckpoint("m", saveBestOnly: true, saveFreq: .steps(2))], verbose: .silent)
        }
        #expect(text.contains("val_loss is not measured within an epoch"), "\(text)")
    }
}
