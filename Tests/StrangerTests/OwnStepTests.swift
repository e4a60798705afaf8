import Cognitron
import Foundation
import Testing

/// Two networks trained by a step from outside the package.
@Suite("A training step from another module")
struct OwnStepTests {
    init() { registerStrangers() }

    private static func trainer(seed: UInt64 = 5) -> Trainer {
        let generator = Sequential {
            Input(2)
            Dense(16, activation: .squareplus, kernelInitializer: .randomNormal(standardDeviation: 1))
            Dense(1)
        }
        let discriminator = Sequential {
            Input(1)
            Dense(32, activation: .leakyRelu)
            Dropout(0.1)
            Dense(1)
        }
        return Trainer(
            networks: ["generator": generator, "discriminator": discriminator],
            optimizers: [
                "generator": HeavyBall(learningRate: .halving(0.002, every: 1000)),
                "discriminator": SignDescent(learningRate: 0.003),
            ],
            step: AdversarialStep(), gradients: [.shaken(1e-4, seed: 2)], seed: seed)
    }

    /// What a source gives in an epoch: all that it has, or so many batches of one that never ends.
    enum Length: String, CaseIterable, Sendable {
        case ending, endless

        var source: Mixture { Mixture(end: self == .ending ? 150 : nil) }
        var stepsPerEpoch: Int? { self == .ending ? nil : 5 }
    }

    @discardableResult
    private static func train(
        _ trainer: Trainer, _ length: Length, makers: Int = 1, callbacks: [any Callback],
        resumeFrom: String? = nil
    ) throws -> History {
        try trainer.fit(
            length.source, batchSize: 32, epochs: 3, stepsPerEpoch: length.stepsPerEpoch, makers: makers,
            callbacks: callbacks, verbose: .silent, resumeFrom: resumeFrom)
    }

    @Test("The generator finds both sides of the mixture")
    func learns() throws {
        let trainer = Self.trainer()
        let history = try trainer.fit(
            Mixture(), batchSize: 64, epochs: 20, validation: Mixture(end: 100), stepsPerEpoch: 100,
            verbose: .silent)
        #expect(history.epochs == Array(1...20))
        #expect(history["generator_loss"].count == 20 && history["val_loss"].count == 20)
        let noise = Tensor.randomNormal([500, 2], seed: 8)
        let made = try trainer.networks["generator"].predict(noise)
        #expect((1.2...2.5).contains(made.absolute.mean()), "\(made.absolute.mean())")
        let positive = (made .> 0).mean()
        #expect((0.1...0.9).contains(positive), "\(positive)")
    }

    /// The state after three epochs without a break, and the loss of every batch.
    private static func straight(_ length: Length) throws -> (
        state: StateTree, history: History, losses: [Float]
    ) {
        let (trainer, log) = (trainer(), LossLog())
        let history = try train(trainer, length, callbacks: [log])
        return (trainer.saveState(), history, log.losses)
    }

    @Test("Stopped and started again it ends with the same bits", arguments: Length.allCases, [1, 2, 3])
    func restores(_ length: Length, makers: Int) throws {
        let folder = try TemporaryFolder()
        let expected = try Self.straight(length)
        try Self.train(
            Self.trainer(), length, makers: makers,
            callbacks: [LossLog(), StopAfter(epoch: 2, batch: 3), BackupAndRestore(folder.path)])

        let (trainer, log) = (Self.trainer(seed: 77), LossLog())
        let history = try Self.train(
            trainer, length, makers: makers, callbacks: [log, BackupAndRestore(folder.path)])
        #expect(trainer.saveState() == expected.state)
        #expect(history == expected.history)
        #expect(log.losses == expected.losses)
    }

    @Test(
        "Killed between two batches it ends with the same bits", arguments: Length.allCases, [(2, 4), (3, 1)])
    func survivesKilling(_ length: Length, moment: (epoch: Int, batch: Int)) throws {
        let folder = try TemporaryFolder()
        let (run, copy) = (folder.file("run"), folder.file("copy"))
        let expected = try Self.straight(length)
        try Self.train(
            Self.trainer(), length, makers: 2,
            callbacks: [
                LossLog(), CopyFolder(run, to: copy, epoch: moment.epoch, batch: moment.batch),
                BackupAndRestore(run, saveFrequency: .steps(1)),
            ])

        let (trainer, log) = (Self.trainer(seed: 77), LossLog())
        let history = try Self.train(trainer, length, makers: 2, callbacks: [log], resumeFrom: copy)
        #expect(trainer.saveState() == expected.state)
        #expect(history == expected.history)
        #expect(log.losses == expected.losses)
    }

    @Test("A checkpoint of other callbacks is refused by name")
    func refusesOtherCallbacks() throws {
        let folder = try TemporaryFolder()
        try Self.train(
            Self.trainer(), .ending,
            callbacks: [LossLog(), StopAfter(epoch: 1, batch: 2), BackupAndRestore(folder.path)])
        let error = #expect(throws: CognitronError.self) {
            try Self.train(Self.trainer(), .ending, callbacks: [], resumeFrom: folder.path)
        }
        #expect(try #require(error).description.contains("LossLog"))
    }

    @Test("The package's callbacks know all networks of a trainer")
    func callbacksKnowAllNetworks() throws {
        let folder = try TemporaryFolder()
        let trainer = Self.trainer()
        let before = trainer.networks.map { $0.value.parameters.map(\.value) }
        try Self.train(
            trainer, .ending,
            callbacks: [
                // The rate is 0 from the second epoch on, so that the first epoch's weights stay.
                LearningRateScheduler(network: "generator") { epoch, rate in epoch < 2 ? rate : 0 },
                LearningRateScheduler(network: "discriminator") { _, _ in 0.004 },
                ModelCheckpoint(folder.file("g-{epoch}.safetensors"), network: "generator"),
                ModelCheckpoint(folder.file("d-{epoch}.safetensors")),
            ])
        #expect(trainer.optimizers.map(\.value.learningRate) == [0, 0.004])
        for (network, values) in zip(trainer.networks, before) {
            #expect(network.value.parameters.map(\.value) != values)
        }
        let noise = Tensor.randomNormal([4, 2], seed: 1)
        let generator = try Model.load(folder.file("g-3.safetensors"))
        #expect(try generator.predict(noise) == trainer.networks["generator"].predict(noise))
        #expect(try Model.load(folder.file("g-1.safetensors")).predict(noise) == generator.predict(noise))
        #expect(throws: CognitronError.self) {
            try Self.train(
                trainer, .ending, callbacks: [LearningRateScheduler(network: "critic") { _, rate in rate }])
        }
    }

    @Test("Early stopping brings back the best weights of all networks")
    func earlyStoppingRestoresAllNetworks() throws {
        let trainer = Self.trainer()
        let kept = KeepWeights(ofEpoch: 1)
        // No epoch is better than the first by so much.
        let stopping = EarlyStopping(monitor: "loss", minDelta: 100, patience: 2, restoreBestWeights: true)
        try Self.train(trainer, .ending, callbacks: [kept, stopping])
        #expect(stopping.stoppedEpoch == 3)
        #expect(trainer.networks.map { $0.value.parameters.map(\.value) } == kept.weights)
    }

    @Test("An optimizer's impossible argument is thrown by fit")
    func validatesOptimizers() throws {
        let network = Sequential {
            Input(1); Dense(1)
        }
        let trainer = Trainer(
            networks: ["generator": network], optimizers: ["generator": SignDescent(learningRate: -1)],
            step: AdversarialStep())
        let error = #expect(throws: CognitronError.self) {
            try trainer.fit(Mixture(end: 8), verbose: .silent)
        }
        #expect(try #require(error).place == "SignDescent")
    }
}
