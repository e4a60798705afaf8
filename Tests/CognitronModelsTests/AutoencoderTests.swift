import Cognitron
import CognitronData
import CognitronModels
import Foundation
import Testing

@Suite("Autoencoders", .serialized)
struct AutoencoderTests {
    static let names = [
        "autoencoder", "conv-autoencoder:8,0.2", "denoising-autoencoder", "sparse-autoencoder", "vae:4,0.5",
    ]

    /// The network of a name for the handwritten digits of 8×8, compiled.
    static func digitNetwork(_ name: String, seed: UInt64 = 1) throws -> (model: Model, recipe: TaskRecipe) {
        let network = try ModelName(named: name)
        let model = try network.make(inputShape: [8, 8, 1], task: .unlabelled)
        let recipe = try network.recipe(for: .unlabelled, model)
        try model.compile(
            optimizer: Adam(learningRate: 0.003), losses: recipe.losses, metrics: recipe.metrics, seed: seed)
        return (model, recipe)
    }

    static func digits(_ split: DatasetSplit) throws -> DatasetPart { try Dataset.digits.part(split) }

    @Test("Gradients agree with finite differences, noise and own losses included", arguments: names)
    func gradients(_ name: String) throws {
        let model = try ModelName(named: name).make(inputShape: [8, 8, 2], task: .unlabelled)
        try ZooGradientTests.check(model, [8, 8, 2])
    }

    @Test("They learn the input, not the classes, and predict without noise", arguments: names)
    func learning(_ name: String) throws {
        let (model, recipe) = try Self.digitNetwork(name)
        let part = try Self.digits(.train)
        let source = try recipe.targets.source(part.source)
        let batch = try #require(try source.batch([3, 5], nil))
        #expect(batch.targets == batch.inputs)
        let history = try model.fit(source, batchSize: 32, epochs: 5, verbose: .silent)
        #expect(history.loss[0] > history.loss[1] && history.loss[1] > history.loss[4])
        let x = try #require(try Self.digits(.test).source.batch(Array(0..<200), nil)).inputs[0]
        let given = try model.predict(x)
        #expect(try model.predict(x) == given)
        let error = (given - x).squared.mean()
        // What the best picture that knows nothing of its input has.
        let blank = (x.mean(axis: 0, keepingDimensions: true) - x).squared.mean()
        #expect(error < 0.8 * blank, "\(error) of \(blank)")
    }

    @Test("The whole is the decoder of the encoder, also out of a file", arguments: names)
    func halves(_ name: String) throws {
        let (model, _) = try Self.digitNetwork(name)
        let x = Tensor.randomUniform([5, 8, 8, 1], seed: 2)
        let given = try model.predict(x)
        let path = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).safetensors")
            .path
        defer { try? FileManager.default.removeItem(atPath: path) }
        try model.save(path)
        for model in [model, try Model.load(path)] {
            let halves = try Autoencoder(model)
            let codes = try halves.encoder.predict(x)
            #expect(codes.rank == 2)
            #expect(try halves.decoder.predict(codes).isClose(to: given, absolute: 1e-6))
        }
        let line = Autoencoder.codes(from: [0, 4], to: [2, 0], count: 3)
        #expect(line == [[0, 4], [1, 2], [2, 0]])
    }

    @Test("The variational one is Keras's example: codes, divergence and pictures with the same weights")
    func keras() throws {
        let file = try #require(
            Bundle.module.url(forResource: "zoo", withExtension: "json", subdirectory: "Fixtures"))
        let outputs = try JSONDecoder().decode([String: [[Float]]].self, from: Data(contentsOf: file))
        let expected = try #require(outputs["vae"])
        let model = try variationalAutoencoder()
        let halves = try Autoencoder(model)
        for (name, half) in [("encoder", halves.encoder), ("decoder", halves.decoder)] {
            for parameter in half.parameters {
                let own = String(parameter.name.split(separator: "/").last ?? "")
                let weight = try #require(PeerWeight(own, parameter.shape, isKeras: true, flattened: nil))
                parameter.value = weight.tensor(of: "\(name)/\(parameter.name)")
            }
        }
        let x = Tensor(Numbers(of: "input", count: 2 * 784).map { $0 + 0.5 }, shape: [2, 28, 28, 1])
        let losses = LayerLosses()
        let output = model.forward(x, .inference.collecting(losses)).output
        let divergence = (expected[0][0] + expected[1][0]) / 2
        #expect(abs(losses.total * 784 / divergence - 1) < 1e-4)
        #expect((halves.encoder.parameterCount, halves.decoder.parameterCount) == (69_076, 65_089))
        let codes = try halves.encoder.predict(x)
        for row in 0..<2 {
            #expect(codes[row].isClose(to: Tensor(Array(expected[row][1...2])), absolute: 1e-5))
            let pixels = output[row].scalars
            let some = stride(from: 7, to: pixels.count, by: 52).map { pixels[$0] }
            #expect(Tensor(some).isClose(to: Tensor(Array(expected[row][5...])), absolute: 1e-5))
        }
    }

    @Test("The divergence holds codes near the standard normal distribution")
    func divergence() throws {
        let part = try Self.digits(.train)
        let deviations = try ["vae:2,1", "vae:2,0"].map { name in
            let (model, recipe) = try Self.digitNetwork(name)
            try model.fit(
                recipe.targets.source(part.source), batchSize: 32, epochs: 15, verbose: .silent)
            let x = try #require(try part.source.batch(Array(0..<500), nil)).inputs[0]
            return try Autoencoder(model).encoder.predict(x).standardDeviation(axis: 0).mean()
        }
        #expect((0.5..<1.6).contains(deviations[0]) && deviations[1] > 2, "\(deviations)")
    }

    @Test("Sizes that the stages do not divide, and codes that are none, are refused in their words")
    func refusals() throws {
        for name in ["conv-autoencoder", "denoising-autoencoder", "vae"] {
            let error = #expect(throws: CognitronError.self) {
                try ModelName(named: name).make(inputShape: [30, 28, 1], task: .unlabelled)
            }
            #expect(
                error?.description
                    == "\(name): halves pictures 2 times, and these have no such size; expected a height and "
                    + "width that are multiples of 4, got 30 × 28; resize the pictures, for instance to "
                    + "32 × 28")
        }
        #expect(
            try ModelName.autoencoder.make(inputShape: [30, 27, 3], task: .pictures).outputShape == [
                30, 27, 3,
            ])
        for wrong in ["vae:", "vae:0", "vae:2,", "vae:2,-1", "vae:2,nan", "vae:2,1,1", "autoencoder:x"] {
            let error = #expect(throws: CognitronError.self) { try ModelName(named: wrong) }
            #expect(error?.expected?.contains("the numbers of the code, at most 65536") == true, "\(wrong)")
        }
        let classifier = #expect(throws: CognitronError.self) { try Autoencoder(leNet()) }
        #expect(classifier?.problem == "is no autoencoder")
        let swapped = #expect(throws: CognitronError.self) {
            let halves = try Autoencoder(denseAutoencoder(inputShape: [4, 4, 1], codeSize: 3))
            _ = try autoencoder(halves.decoder, halves.encoder)
        }
        #expect(swapped?.received == "decoder from 3 to 4 × 4 × 1, encoder from 4 × 4 × 1 to 3")
    }
}

@Suite("Anomalies")
struct AnomalyTests {
    /// Gives back its two numbers without the second.
    private func model() throws -> Model {
        let model = Sequential([Input(2), Dense(2, useBias: false)])
        try model.build([2])
        model.parameters[0].value = [[1, 0], [0, 0]]
        return model
    }

    @Test("Scores are mean squared errors; the threshold is a quantile of normal ones")
    func scores() throws {
        let normal = SampleSource([Tensor([5, 0, 1, 1, 2, 2, 3, 4], shape: [4, 2])])
        // Squares of the second number, halved: 0, 0.5, 2, 8.
        let detector = try AnomalyDetector(try model(), normal: normal, quantile: 0.5)
        #expect(detector.threshold == 1.25)
        #expect(try detector.scores(of: normal) == [0, 0.5, 2, 8])
        #expect([1.25, 1.3, .nan].map { detector.isAnomaly($0) } == [false, true, true])
        // More samples than a batch has.
        let many = Tensor.randomNormal([300, 2], seed: 1)
        let scores = try detector.scores(of: SampleSource([many]))
        #expect(
            scores
                == many.scalars.indices.filter { $0 % 2 == 1 }.map {
                    many.scalars[$0] * many.scalars[$0] / 2
                })
    }

    @Test("What is no autoencoder, no share and no data is refused")
    func refusals() throws {
        let classifier = #expect(throws: CognitronError.self) { try AnomalyDetector(leNet()) }
        #expect(classifier?.problem == "does not give back its input")
        let normal = SampleSource([Tensor.ones([4, 2])])
        let share = #expect(throws: CognitronError.self) {
            try AnomalyDetector(model(), normal: normal, quantile: 95)
        }
        #expect(share?.expected == "a number from 0 to 1")
        let empty = #expect(throws: CognitronError.self) {
            try AnomalyDetector(model(), normal: normal.take(0))
        }
        #expect(empty?.description.contains("are empty") == true)
    }
}
