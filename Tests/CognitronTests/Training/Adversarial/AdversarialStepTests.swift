import Foundation
import Testing

@testable import Cognitron

@Suite("The adversarial step")
struct AdversarialStepTests {
    /// Points, and the class of each.
    private let points = Tensor.randomNormal([12, 2], seed: 1)
    private let classes = Tensor((0..<12).map { $0 % 3 })

    private func generator(isConditional: Bool = false) throws -> Model {
        let (noise, asked) = (Input(3), Input(1))
        let told = Flatten()(Embedding(3, 2)(asked))
        let x: any Symbolic = isConditional ? Concatenate()(noise, told) : noise
        let hidden = BatchNormalization()(Dense(5, activation: .tanh)(x))
        return try Model(
            inputs: isConditional ? [noise, asked] : [noise], outputs: Dense(2)(hidden), name: "generator")
    }

    private func discriminator(isConditional: Bool = false, dropout: Float = 0) throws -> Model {
        let (point, label) = (Input(2), Input(1))
        let told = Flatten()(Embedding(3, 2)(label))
        let x: any Symbolic = isConditional ? Concatenate()(point, told) : point
        let hidden = Dropout(dropout)(Dense(6, activation: .tanh)(x))
        return try Model(
            inputs: isConditional ? [point, label] : [point], outputs: Dense(1)(hidden),
            name: "discriminator")
    }

    private func trainer(
        _ generator: Model, _ discriminator: Model, _ step: AdversarialStep,
        _ optimizers: KeyValuePairs<String, any Optimizer> = [
            "generator": Adam(learningRate: 0.01), "discriminator": Adam(learningRate: 0.01),
        ]
    ) -> Trainer {
        Trainer(
            networks: ["generator": generator, "discriminator": discriminator], optimizers: optimizers,
            step: step, seed: 5)
    }

    @Test(
        "Both networks' gradients are those of finite differences through both",
        arguments: [AdversarialLoss.minimax, .nonSaturating, .leastSquares, .wasserstein].indices)
    func gradients(_ number: Int) throws {
        let loss = [AdversarialLoss.minimax, .nonSaturating, .leastSquares, .wasserstein][number]
        let batch = Batch(inputs: [points], targets: [classes])
        for (name, score) in [("generator", "generator_loss"), ("discriminator", "discriminator_loss")] {
            let (g, d) = (try generator(isConditional: true), try discriminator(isConditional: true))
            let step = AdversarialStep(loss: loss, form: .labelled)
            // Without an optimizer nothing is updated, and the losses are those of the weights as they are.
            let probe = trainer(g, d, step, [:])
            let moved = trainer(g, d, step, [name: SGD(learningRate: 1)])
            let parameters = probe.networks[name].parameters.filter(\.isTrainable)
            let before = parameters.map(\.value)
            _ = try moved.train(batch)
            let gradients = zip(before, parameters).map { $0 - $1.value }
            for (parameter, value) in zip(parameters, before) { parameter.value = value }
            for (parameter, gradient) in zip(parameters, gradients) {
                let value = parameter.value
                for index in stride(from: 0, to: value.count, by: 3) {
                    let losses = try [Float(-1e-2), 1e-2].map { change in
                        var scalars = value.scalars
                        scalars[index] += change
                        parameter.value = Tensor(scalars, shape: value.shape)
                        probe.stepsTaken = 0  // the noise of the same step
                        return try probe.train(batch)[score] ?? .nan
                    }
                    let estimate = (losses[1] - losses[0]) / 2e-2
                    #expect(
                        abs(gradient.scalars[index] - estimate) < 2e-3, "\(loss.name) \(parameter.name)")
                }
                parameter.value = value
            }
        }
    }

    @Test("Leaves no gradients, and the discriminator's weights as its own update made them")
    func cut() throws {
        let (first, second) = (try discriminator(), try discriminator())
        let trainers = try [first, second].map { trainer(try generator(), $0, AdversarialStep()) }
        let without = trainer(
            try generator(), second, AdversarialStep(), ["discriminator": Adam(learningRate: 0.01)])
        let batch = Batch(inputs: [points])
        _ = try trainers[0].train(batch)
        _ = try without.train(batch)
        #expect(first.parameters.map(\.value) == second.parameters.map(\.value))
        for (_, network) in trainers[0].networks {
            #expect(network.parameters.allSatisfy { !$0.hasGradient })
            #expect(network.parameters.filter { !$0.isStatistic }.allSatisfy { $0.isTrainable })
        }
    }

    @Test("Several updates of the discriminator for each of the generator")
    func criticSteps() throws {
        let (g, d) = (try generator(), try discriminator())
        let trainer = trainer(g, d, AdversarialStep(loss: .wasserstein, discriminatorSteps: 3))
        let weights = { (model: Model) in model.parameters.filter(\.isTrainable).map(\.value) }
        for number in 1...6 {
            let before = (weights(g), weights(d))
            let scores = try trainer.train(Batch(inputs: [points]))
            #expect(weights(d) != before.1)
            #expect((weights(g) != before.0) == (number % 3 == 0))
            #expect(scores.names == ["loss", "generator_loss", "discriminator_loss", "D(x)", "D(G(z))"])
        }
    }

    @Test("Weights of a Wasserstein discriminator stay within their bounds")
    func clipping() throws {
        let clip = Constraint.clip(0.05)
        let critic = Sequential(
            [
                Input(2), Dense(8, activation: .relu, kernelConstraint: clip),
                Dense(1, kernelConstraint: clip),
            ],
            name: "discriminator")
        let trainer = trainer(try generator(), critic, AdversarialStep(loss: .wasserstein))
        try trainer.fit(SampleSource([points]), batchSize: 4, epochs: 3, verbose: .silent)
        for parameter in critic.parameters where parameter.name.hasSuffix("kernel") {
            #expect(parameter.value.absolute.max() <= 0.05)
        }
        let normalized = Sequential(
            [Input(2), SpectralNormalization(Dense(8, activation: .relu)), Dense(1)], name: "discriminator")
        let other = self.trainer(try generator(), normalized, AdversarialStep(loss: .hinge))
        let history = try other.fit(SampleSource([points]), batchSize: 4, epochs: 2, verbose: .silent)
        #expect(history.loss.allSatisfy { $0.isFinite })
    }

    @Test("Regularizers count: in the losses, and in the updates")
    func regularizers() throws {
        let plain = Sequential([Input(2), Dense(1)], name: "discriminator")
        let decayed = Sequential([Input(2), Dense(1, kernelRegularizer: .l2(0.5))], name: "discriminator")
        let losses = try [plain, decayed].map { discriminator in
            let trainer = trainer(try generator(), discriminator, AdversarialStep())
            discriminator.parameters[0].value = [[3], [4]]
            let scores = try trainer.train(Batch(inputs: [points]))
            return scores["discriminator_loss"] ?? .nan
        }
        #expect(abs(losses[1] - losses[0] - 0.5 * 25) < 1e-4)
    }

    @Test("Validation has the same noise every time, changes nothing, and names its scores")
    func validation() throws {
        let trainer = trainer(try generator(), try discriminator(), AdversarialStep())
        let source = SampleSource([points])
        let history = try trainer.fit(
            source, batchSize: 4, epochs: 2, validation: source,
            callbacks: [EarlyStopping(patience: 9, restoreBestWeights: true)], verbose: .silent)
        #expect(
            Set(history.scores.keys.filter { $0.hasPrefix("val_") }) == [
                "val_loss", "val_generator_loss", "val_discriminator_loss", "val_D(x)", "val_D(G(z))",
                "val_V",
            ])
        let scores = try (0..<2).map { _ in try trainer.evaluate(source, batchSize: 4) }
        #expect(scores[0] == scores[1])
        #expect(try trainer.evaluate(source, batchSize: 6) != scores[0])
    }

    @Test("A training that is killed and resumed has the same bits: networks, optimizers and noise")
    func resumed() throws {
        func weights(stopAfter: Int? = nil, _ folder: TemporaryFolder) throws -> [Tensor] {
            let trainer = trainer(
                try generator(), try discriminator(dropout: 0.3), AdversarialStep(discriminatorSteps: 2))
            let stopping = LambdaCallback(onTrainBatchEnd: { _, _, _ in
                if trainer.stepsTaken == stopAfter { trainer.stopTraining = true }
            })
            try trainer.fit(
                SampleSource([points]), batchSize: 4, epochs: 4, validation: SampleSource([points]),
                callbacks: [
                    stopping,
                    BackupAndRestore(folder.file("run"), saveFrequency: .steps(2), deleteCheckpoint: false),
                ], verbose: .silent)
            return trainer.networks.flatMap(\.value.parameters).map(\.value)
        }
        let whole = try weights(TemporaryFolder())
        for moment in [2, 5, 9] {
            let folder = try TemporaryFolder()
            #expect(try weights(stopAfter: moment, folder) != whole)
            #expect(try weights(folder) == whole, "after \(moment) steps")
        }
    }

    @Test("What does not fit is said before the first step")
    func mistakes() throws {
        let labelled = AdversarialStep(form: .labelled)
        let (g, d) = (try generator(), try discriminator())
        let (asked, told) = (try generator(isConditional: true), try discriminator(isConditional: true))
        let three = Sequential([Input(3), Dense(3)], name: "generator")
        let plain = SampleSource([points])
        let rows: [(Model, Model, AdversarialStep, SampleSource, String)] = [
            (
                three, d, AdversarialStep(), plain,
                "makes samples of another shape than the data's; expected 2, got 3"
            ),
            (g, d, labelled, plain, "wrong number of inputs or targets"),
            (
                g, d, labelled, SampleSource([points], [classes]),
                "discriminator: has another number of inputs than the step gives; expected 2, got 1"
            ),
            (asked, told, labelled, SampleSource([points], [classes + 1]), "holds a token"),
            (asked, told, labelled, SampleSource([points], [points]), "the targets are no classes"),
            (g, d, AdversarialStep(), SampleSource([points / 0]), "not finite"),
        ]
        for (generator, discriminator, step, source, words) in rows {
            let trainer = trainer(generator, discriminator, step)
            let text = errorText { try trainer.fit(source, verbose: .silent) }
            #expect(text.contains(words), "\(text)")
            #expect(trainer.stepsTaken == 0)
        }
        let other = Trainer(networks: ["maker": g], optimizers: [:], step: AdversarialStep(), seed: 1)
        let text = errorText { try other.fit(plain, verbose: .silent) }
        #expect(text.contains("has no network called generator"))
    }

    @Test("A loss that is not finite ends the training, and names what was not")
    func diverging() throws {
        let (g, d) = (try generator(), try discriminator())
        let trainer = trainer(g, d, AdversarialStep())
        g.parameters[0].value = .ones(g.parameters[0].shape) * .infinity
        let folder = try TemporaryFolder()
        let text = errorText {
            try trainer.fit(
                SampleSource([points]), callbacks: [FlightRecorder(folder.file("a.flight.json"))],
                verbose: .silent)
        }
        #expect(text.contains("generator/dense/kernel"), "\(text)")
    }
}
