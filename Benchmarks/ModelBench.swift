import ArgumentParser
import Cognitron
import CognitronKernels
import CognitronModels

/// Options of the subcommands that run whole models.
struct ModelBenchOptions: ParsableArguments {
    @Option(help: "Network to measure, by any name of cognitron models; may be repeated.")
    var model: [ModelName] = [.lenet, .vggLite, .resnet18]

    static func validate(batches: [Int]) throws {
        if let wrong = batches.first(where: { $0 < 1 }) {
            throw ValidationError("--batch \(wrong): expected at least 1")
        }
    }
}

/// A model with a batch of random images and classes, of the images or of their pixels, or of images to make
/// of them.
struct ModelBench {
    let name: ModelName
    let model: Model
    let x: Tensor
    let y: Tensor

    init(_ name: ModelName, _ model: Model, batch: Int) {
        self.name = name
        self.model = model
        x = .randomUniform((model.sampleShape ?? []).batched(batch), seed: 1)
        if let made = model.translator?.outputShape {
            y = .randomUniform(made.batched(batch), seed: 2)
        } else {
            let answer = model.answerShape
            let shape = Shape([batch] + answer.dropLast())
            y = Tensor((0..<shape.elementCount).map { Float($0 % (answer.last ?? 1)) }, shape: shape)
        }
    }

    /// Times a training step.
    func train(repetitions: Int) throws -> Timing {
        try Timing(repetitions: repetitions) { try model.trainOnBatch(x, y) }
    }

    /// Times a prediction of the whole batch: of a generator, as many samples of noise.
    func predict(repetitions: Int, _ extent: Timing.Extent = .counted) throws -> Timing {
        if model.layer(named: "generator") != nil, let generator = try? SampleGenerator(of: model) {
            let noise = generator.noise(x.sampleCount, seed: 1)
            let classes = generator.classCount.map { _ in y.scalars.map { Int($0) } } ?? []
            return try Timing(repetitions: repetitions, extent) {
                _ = try generator.samples(noise, classes: classes)
            }
        }
        let network = model.translator ?? model
        return try Timing(repetitions: repetitions, extent) {
            _ = try network.predict(x, batchSize: x.sampleCount)
        }
    }

    /// The width of names in tables.
    static let nameWidth = 18

    func figure(_ name: String, _ timing: Timing) -> Figure {
        Figure(name, "images/s", amount: Double(x.sampleCount), timing)
    }
}

extension Model {
    /// The shape of the answer for a sample: of a generator with its discriminator, that of one class.
    var answerShape: Shape { layer(named: "discriminator") == nil ? outputShape ?? [1] : [1] }
}
