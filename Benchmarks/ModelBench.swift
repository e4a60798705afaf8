import ArgumentParser
import Cognitron
import CognitronData
import CognitronDetection
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

/// A model with a batch of random images, and what it is to learn of them.
struct ModelBench {
    let name: ModelName
    let model: Model
    let x: Tensor
    /// Classes, of the images or of their pixels; images to make of them; boxes, and masks of them.
    let y: [Tensor]
    /// What finds objects by the model, where it is made for that.
    let detector: (any Detector)?

    init(_ name: ModelName, _ model: Model, batch: Int) throws {
        self.name = name
        self.model = model
        x = .randomUniform((model.measuredShape(name) ?? []).batched(batch), seed: 1)
        y = model.measuredTargets(name, batch)
        detector = try name.detector(for: name.exampleTask, model)
    }

    /// Times a training step.
    func train(repetitions: Int) throws -> Timing {
        try Timing(repetitions: repetitions) { try model.trainOnBatch([x], y) }
    }

    /// Times a prediction of the whole batch: of a generator, as many samples of noise; of a detector, the
    /// objects.
    func predict(repetitions: Int, _ extent: Timing.Extent = .counted) throws -> Timing {
        if let detector {
            return try Timing(repetitions: repetitions, extent) { _ = try detector.detections(in: x) }
        }
        if model.layer(named: "generator") != nil, let generator = try? SampleGenerator(of: model) {
            let noise = generator.noise(x.sampleCount, seed: 1)
            let classes = generator.classCount.map { _ in y[0].scalars.map { Int($0) } } ?? []
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
    /// The shape of a sample: of a detector of several networks, the pictures of its name.
    func measuredShape(_ name: ModelName) -> Shape? {
        name.findsObjects ? name.inputShape : sampleShape
    }

    /// What the model is to learn of so many samples.
    func measuredTargets(_ name: ModelName, _ count: Int) -> [Tensor] {
        if name.findsObjects { return name.objects(count) }
        if let made = translator?.outputShape { return [.randomUniform(made.batched(count), seed: 2)] }
        let answer = layer(named: "discriminator") == nil ? outputShape ?? [1] : [1]
        let shape = Shape([count] + answer.dropLast())
        return [Tensor((0..<shape.elementCount).map { Float($0 % (answer.last ?? 1)) }, shape: shape)]
    }
}

extension ModelName {
    var findsObjects: Bool { [.detection, .instances].contains(exampleTask.kind) }

    /// Two objects in each picture, a quarter of its sides large, and their pixels where masks are learnt.
    fileprivate func objects(_ count: Int) -> [Tensor] {
        let (height, width) = (inputShape[0], inputShape[1])
        let places: [BoxRow] = [0, 1].map { label in
            let start: Float = label == 0 ? 0.1 : 0.6
            let (left, top) = (start * Float(width), start * Float(height))
            return BoxRow(
                left: left, top: top, right: left + Float(width) / 4, bottom: top + Float(height) / 4,
                label: label)
        }
        let row: [Float] = places.flatMap { $0.scalars }
        let rows = Tensor(
            (0..<count).flatMap { _ in row }, shape: [count, places.count, BoxRow.width])
        guard exampleTask.kind == .instances else { return [rows] }
        let mask = (0..<height * width).map { pixel -> Float in
            let (y, x) = (Float(pixel / width) + 0.5, Float(pixel % width) + 0.5)
            let owner = places.firstIndex { $0.left <= x && x < $0.right && $0.top <= y && y < $0.bottom }
            return owner.map { Float($0 + 1) } ?? 0
        }
        return [rows, Tensor((0..<count).flatMap { _ in mask }, shape: [count, height, width])]
    }
}
