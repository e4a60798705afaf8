import Foundation
import Testing

@testable import Cognitron

@Suite("A generator and a discriminator as one model")
struct AdversarialModelTests {
    private let points = Tensor.randomNormal([8, 2], seed: 1)

    private func parts(name: String = "generator") -> (generator: Model, discriminator: Model) {
        (
            Sequential([Input(3), Dense(4, activation: .tanh), Dense(2)], name: name),
            Sequential([Input(2), Dense(4, activation: .tanh), Dense(1)], name: "discriminator")
        )
    }

    private func trainer(_ generator: Model, _ discriminator: Model) -> Trainer {
        Trainer(
            networks: ["generator": generator, "discriminator": discriminator],
            optimizers: ["generator": Adam(), "discriminator": Adam()], step: AdversarialStep(), seed: 1)
    }

    @Test("Is trained, saved by callbacks and read as one, and makes the same samples then")
    func whole() throws {
        let (g, d) = parts()
        let gan = try Model.adversarial(generator: g, discriminator: d, name: "gan")
        #expect(
            gan.parameterCount == g.parameterCount + d.parameterCount
                && gan.outputNames == ["generated", "judged"])
        try gan.compile(trainer(g, d))
        let folder = try TemporaryFolder()
        var seen: Model?
        let history = try gan.fit(
            SampleSource([points]), batchSize: 4, epochs: 2,
            callbacks: [
                ModelCheckpoint(folder.file("gan.safetensors")),
                LambdaCallback(onEpochEnd: { _, _, model in seen = model }),
            ], verbose: .silent)
        #expect(history["D(x)"].count == 2 && seen === gan)
        #expect(try gan.evaluate(SampleSource([points])).names.contains("V"))

        let read = try Model.load(folder.file("gan.safetensors"))
        let generators = try [gan, read].map { try SampleGenerator(of: $0) }
        #expect(generators[1].noiseSize == 3 && generators[1].sampleShape == [2])
        let samples = try generators.map { try $0.samples($0.noise(5, seed: 2)) }
        #expect(samples[0] == samples[1])
        // A sample's noise depends on its number alone.
        #expect(try generators[0].samples(generators[0].noise(9, seed: 2))[0..<5] == samples[0])
    }

    @Test("A generator that is told a class takes one for each sample")
    func classes() throws {
        let (noise, asked) = (Input(3), Input(1))
        let told = Flatten()(Embedding(4, 2)(asked))
        let decoder = try Model(
            inputs: [noise, asked], outputs: Dense(2)(Concatenate()(noise, told)), name: "decoder")
        let inputs = [Input(3), Input(1)]
        let generator = try SampleGenerator(of: Model(inputs: inputs, outputs: decoder(inputs)))
        #expect(generator.classCount == 4)
        let noises = generator.noise(2, seed: 1)
        #expect(try generator.samples(noises, classes: [3, 0]).shape == [2, 2])
        #expect(
            errorText { _ = try generator.samples(noises) }.contains("expected one for each sample, got 0"))
        #expect(errorText { _ = try generator.samples(noises, classes: [3, 4]) }.contains("got 4"))
    }

    @Test("What cannot be one is refused in its own words")
    func mistakes() throws {
        let (unnamed, d) = parts(name: "maker")
        #expect(
            errorText { _ = try Model.adversarial(generator: unnamed, discriminator: d) }.contains(
                "the generator has another name; expected generator, got maker"))
        let (g, own) = parts()
        let gan = try Model.adversarial(generator: g, discriminator: own)
        #expect(
            errorText { try gan.compile(trainer(parts().generator, own)) }.contains(
                "the trainer's network generator is no layer of this model"))
        #expect(errorText { _ = try SampleGenerator(of: own) }.contains("makes no samples"))
        try gan.compile(trainer(g, own))
        #expect(
            errorText { try gan.fit([points], ["generated": points]) }.contains(
                "give fit and evaluate arrays"))
        // Arrays are the step's to check.
        #expect(try gan.trainOnBatch(points, points).names.contains("generator_loss"))
        let pairs = try Model.adversarial(
            generator: Sequential([Input(4, 4, 1), Conv2D(1, kernelSize: 1)], name: "generator"),
            discriminator: own)
        #expect(
            errorText { _ = try SampleGenerator(of: pairs) }.contains("does not make samples of noise alone"))
    }
}
