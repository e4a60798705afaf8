import Testing

@testable import Cognitron

@Suite("Adversarial training goes where PyTorch's goes")
struct AdversarialGoldenTests {
    private static let losses: [String: AdversarialLoss] = [
        "minimax": .minimax, "non_saturating": .nonSaturating,
        "non_saturating_smoothed": .nonSaturating(labelSmoothing: 0.2), "hinge": .hinge,
        "least_squares": .leastSquares, "wasserstein": .wasserstein,
    ]

    @Test(
        "Three steps of pairs: the losses of both networks, the reconstruction's, and the last weights",
        arguments: try GoldenCase.all("adversarial"))
    func steps(_ golden: GoldenCase) throws {
        struct Arguments: Decodable { var parameters: [String] }
        let generator = try Model.generatorOfPairs()
        let discriminator = try Model.discriminatorOfPairs()
        let step = AdversarialStep(
            loss: try #require(Self.losses[golden.name]), form: .pairs, discriminatorWeight: 0.5,
            reconstruction: .meanAbsoluteError, reconstructionWeight: 10)
        func optimizer() -> any Optimizer { SGD(learningRate: 0.1, momentum: 0.9) }
        let trainer = Trainer(
            networks: ["generator": generator, "discriminator": discriminator],
            optimizers: ["generator": optimizer(), "discriminator": optimizer()], step: step, seed: 1)
        let names = try golden.configuration(Arguments.self).parameters
        let parameters = names.compactMap { path in
            trainer.networks.names.flatMap { trainer.paths(ofNetwork: $0) }.first { $0.path == path }
        }
        #expect(parameters.count == names.count)
        for (path, parameter) in parameters { parameter.value = try golden["before/\(path)"] }

        let (x, z) = (try golden["x"], try golden["z"])
        var losses: [[Float]] = []
        for number in 0..<x.shape[0] {
            let scores = try trainer.train(Batch(inputs: [z[number]], targets: [x[number]]))
            losses.append(
                ["discriminator_loss", "generator_loss", "reconstruction_loss"].map { scores[$0] ?? .nan })
            let sum = losses[number][0] + losses[number][1] + 10 * losses[number][2]
            #expect(abs(scores.loss - sum) < 1e-4)
        }
        expectClose(Tensor(losses.flatMap { $0 }).reshaped([3, 3]), try golden["losses"], "losses")
        for (path, parameter) in parameters {
            expectClose(parameter.value, try golden["after/\(path)"], path, absolute: 2e-5)
        }
    }
}

extension Model {
    /// Makes four numbers of three.
    static func generatorOfPairs() throws -> Model {
        Sequential(name: "generator") {
            Input(3)
            Dense(6, useBias: false, name: "first")
            BatchNormalization(name: "norm")
            ReLU()
            Dense(4, activation: .tanh, name: "second")
        }
    }

    /// Judges four numbers with the three that they were made of.
    static func discriminatorOfPairs() throws -> Model {
        let (sample, condition) = (Input(4), Input(3))
        let hidden = Dense(5, activation: .leakyRelu(negativeSlope: 0.2), name: "first")(
            Concatenate()(sample, condition))
        return try Model(
            inputs: [sample, condition], outputs: Dense(1, name: "second")(hidden), name: "discriminator")
    }
}
