import Cognitron
import CognitronData
import CognitronModels
import Foundation
import Testing

@testable import CognitronKeras

private let checkFolder = ProcessInfo.processInfo.environment["COGNITRON_KERAS_CHECK"]

/// Writes files for Scripts/make-keras-fixtures.py check, which loads them in Keras.
///
///     COGNITRON_KERAS_CHECK=/tmp/check swift test --filter CheckFiles
///     python Scripts/make-keras-fixtures.py check /tmp/check
@Suite("Files for Keras to check", .enabled(if: checkFolder != nil), .serialized)
struct CheckFiles {
    /// Writes a model, its weights and predictions.
    private func write(_ model: Model, _ inputs: [Tensor], _ name: String) throws {
        let folder = try #require(checkFolder)
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let outputs = try model.predict(inputs.map { $0 as any Samples })
        for note in try model.save(keras: "\(folder)/\(name).keras") { print("\(name): note: \(note)") }
        if model.parameterCount < 100_000 { try model.saveWeights(keras: "\(folder)/\(name).weights.h5") }
        var tensors: [String: Tensor] = [:]
        for (index, input) in inputs.enumerated() { tensors["input_\(index)"] = input }
        for (index, output) in outputs.enumerated() { tensors["output_\(index)"] = output }
        try Safetensors(tensors: tensors, metadata: [:]).write(to: "\(folder)/\(name).safetensors")
    }

    @Test("Every layer, from Keras's files", arguments: ModelTests.names.filter { $0 != "nested" })
    func layers(name: String) throws {
        let model = try Model.load(keras: Fixtures.path("\(name).keras"))
        try write(model, try Fixtures.tensors(name, "input"), "layers-\(name)")
    }

    @Test("Optimizers, from Keras's files", arguments: OptimizerTests.names)
    func optimizers(name: String) throws {
        let folder = try #require(checkFolder)
        let path = Fixtures.path("optimizer-\(name).keras")
        let model = try Model.load(keras: path)
        try model.compile(optimizer: try model.loadOptimizer(keras: path), loss: .meanSquaredError)
        try write(
            model, [try #require(try Fixtures.predictions.get()["optimizers/input_0"])], "optimizer-\(name)")
        // With what Keras gets by a further step.
        var tensors = try Safetensors(contentsOf: "\(folder)/optimizer-\(name).safetensors").tensors
        tensors["after"] = try Fixtures.predictions.get()["\(name)/after"]
        tensors["target"] = try Fixtures.predictions.get()["optimizers/target"]
        try Safetensors(tensors: tensors, metadata: [:]).write(to: "\(folder)/optimizer-\(name).safetensors")
    }

    /// Without statistics of its own a deep network's numbers grow until its softmax shows nothing.
    private static func randomizeStatistics(of model: Model) {
        var generator = RandomKey(seed: 3).generator()
        for parameter in model.parameters {
            let range: ClosedRange<Float>
            switch parameter.name.split(separator: "/").last {
            case "moving_variance": range = 2...4
            case "moving_mean", "beta": range = -0.2...0.2
            case "gamma": range = 0.8...1.2
            default: continue
            }
            parameter.value = Tensor(
                (0..<parameter.shape.elementCount).map { _ in Float.random(in: range, using: &generator) },
                shape: parameter.shape)
        }
    }

    /// A network for the kind of task that it was designed for.
    private static func make(_ name: ModelName) throws -> Model {
        let classes = (0..<min(name.classCount, 100)).map { "class \($0)" }
        let task: DataTask =
            switch name.tasks[0] {
            case .classification: .classification(classNames: classes)
            case .regression: .regression(targetNames: ["a"])
            case .segmentation: .segmentation(classNames: classes)
            case .detection: .detection(classNames: classes)
            case .instances: .instances(classNames: classes)
            case .pictures: .pictures
            case .tagging: .tagging(classNames: classes)
            case .text: .text
            case .language: .language
            case .unlabelled: .unlabelled
            }
        guard let counts = name.tokenCounts else { return try name.make(task: task) }
        let coding = TextCoding.example(inputs: counts.inputs, targets: counts.targets)
        return try name.make(
            for: DatasetPart(
                name: "texts", task: task, inputShape: name.inputShape,
                source: SampleSource([Tensor.zeros([1, 1])]), text: coding))
    }

    @Test("The networks of Models", arguments: ModelName.registered.map(\.name))
    func networks(name: String) throws {
        do {
            let model = try Self.make(try ModelName(named: name))
            Self.randomizeStatistics(of: model)
            guard let shapes = model.wiring?.inputs.map(\.shape) else { return print("\(name): not built") }
            var generator = RandomKey(seed: 2).generator()
            let inputs = shapes.map { text in
                let sizes = text == "scalar" ? [] : text.split(separator: " × ").map { Int($0) ?? 7 }
                let count = sizes.reduce(1, *)
                return Tensor(
                    (0..<count).map { _ in Float.random(in: 0...1, using: &generator) },
                    shape: Shape([1] + sizes))
            }
            do {
                try write(model, inputs, "model-\(name)")
            } catch let error as CognitronError where error.problem.contains("holds a token") {
                // Small inputs are tokens, or classes.
                let tokens = inputs.map { input in
                    input.shape.rank > 3 || input.count > 100 && name.hasPrefix("cgan")
                        ? input : Tensor(input.scalars.map { ($0 * 9).rounded(.down) }, shape: input.shape)
                }
                try write(model, tokens, "model-\(name)")
            }
        } catch let error as CognitronError {
            print("REFUSED \(name): \(error.description.prefix(1500))")
        }
    }
}
