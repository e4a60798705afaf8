import Cognitron
import CognitronData
import CognitronDetection
import CognitronModels
import Foundation
import Testing

@Suite("Single-shot detectors are their papers' tables")
struct DetectionTableTests {
    typealias Row = ZooTableTests.Row

    // Counts of the same networks in PyTorch: convolutions and dense layers.
    static let rows = [
        Row("yolo-v1-448", 271_703_550, 0, 20_285_153_280) { try yoloV1Full() },
        Row("ssd300, 90 classes", 35_641_826, 0, 34_858_000_000) { try ssd300(classCount: 90) },
        Row("ssd300", 26_285_486, 0, 31_373_000_000) { try ssd300() },
    ]

    @Test("Parameters and multiply-adds", arguments: rows)
    func counts(_ row: Row) throws {
        let model = try row.make()
        let trainable = model.parameters.filter(\.isTrainable).reduce(0) { $0 + $1.shape.elementCount }
        #expect(trainable == row.trainable)
        // Those of SSD were printed to the million, without the scale of the first map: 0.7 million.
        let input = try #require(model.inputShape)
        let multiplyAdds = model.multiplyAdds(inputs: [input], outputs: [])
        let difference = abs(multiplyAdds - row.multiplyAdds)
        #expect(difference <= (row.name.hasPrefix("ssd") ? 1_500_000 : 0), "\(multiplyAdds)")
    }

    @Test("Outputs have a row for each box")
    func outputs() throws {
        #expect(try ssd300().outputShape == [8732, 25])
        #expect(try ssd().outputShape == [16 * 16 * 4 + 8 * 8 * 4 + 4 * 4 * 4, 15])
        #expect(try yolo().outputShape == [16, 16, 5 * 15])
        #expect(try yoloV1().outputShape == [16, 16, 20])
        #expect(try yoloV1Full().outputShape == [7, 7, 30])
        #expect(try localizer().outputShape == [14])
    }

    @Test(
        "By name they are made for boxes, with a loss and a detector",
        arguments: ["localizer", "yolo-v1", "yolo", "ssd"])
    func names(_ text: String) throws {
        let name = try ModelName(named: text)
        let task = DataTask.instances(classNames: ["a", "b", "c"])
        let model = try name.make(inputShape: [64, 96, 3], task: task)
        let recipe = try name.recipe(for: task, model)
        #expect(recipe.losses.count == 1)
        #expect(recipe.targets == .boxes(classCount: 3, height: 64, width: 96))
        let detector = try #require(try name.detector(for: task, model))
        #expect(detector.model === model)
        try model.compile(optimizer: SGD(), losses: recipe.losses, seed: 1)
        #expect(try detector.detections(in: .randomUniform([2, 64, 96, 3], seed: 1)).count == 2)
        let error = #expect(throws: CognitronError.self) {
            try name.make(inputShape: [65, 64, 3], task: task)
        }
        #expect(error?.description.hasPrefix(text) == true)
        #expect(throws: CognitronError.self) { try name.make(inputShape: [64, 64, 3], classCount: 0) }
    }

    @Test("SSD300 takes pictures of 300×300 alone")
    func sizes() throws {
        #expect(throws: CognitronError.self) { try ssd300(inputShape: [320, 320, 3]) }
    }

    @Test("Of instances the boxes are learnt, without those that are empty or outside")
    func targets() throws {
        let scenes = ShapeScenes(size: 64, objects: 1...3).source(count: 4)
        let source = try TargetForm.boxes(classCount: 10, height: 64, width: 64).source(scenes)
        let batch = try #require(try source.batch([0, 1], nil))
        #expect(batch.targets.count == 1 && batch.targets[0].shape == [2, 3, 5])
        let few = try TargetForm.boxes(classCount: 1, height: 64, width: 64).source(scenes)
        #expect(throws: CognitronError.self) { try few.batch([0, 1, 2, 3], nil) }
    }
}

/// Scripts/make-zoo-fixtures.py says how the numbers were computed.
@Suite("SSD300 predicts what torchvision's does")
struct DetectionPeerTests {
    @Test("Offsets and logits of boxes of every map agree to a thousandth")
    func ssd300() throws {
        let file = try #require(
            Bundle.module.url(forResource: "detection", withExtension: "json", subdirectory: "Fixtures"))
        let rows = try JSONDecoder().decode([String: [[Float]]].self, from: Data(contentsOf: file))
        let expected = try #require(rows["ssd300"])
        let model = try CognitronModels.ssd300()
        let scale = try #require(model.parameters.first { $0.shape == [512] && $0.name.contains("scale") })
        try PeerTests.setTorchWeights(of: model)
        scale.value = try #require(PeerWeight("gamma", [512], isKeras: false, flattened: nil))
            .tensor(of: "backbone.scale_weight")
        let x = Tensor(
            Numbers(of: "input", count: 300 * 300 * 3).map { $0 + 0.5 }, shape: [1, 300, 300, 3])
        let output = try model.predict(x).slice(axis: 1, 0..<8732, by: 97)[0]
        let golden = Tensor(expected.flatMap(\.self), shape: [expected.count, 25])
        #expect(output.shape == golden.shape)
        // Logits of the maps differ in size: each is compared with its own.
        let sizes = golden.map(abs).max(axis: 1, keepingDimensions: true)
        #expect(((output - golden) / sizes).map(abs).max() < 1e-3)
    }
}

@Suite("Single-shot detectors' gradients agree with finite differences")
struct DetectionGradientTests {
    struct Network: CustomTestStringConvertible {
        var testDescription: String
        var size: Int
        var make: @Sendable (_ shape: Shape) throws -> Model
    }

    static let networks = [
        Network(testDescription: "yolo", size: 32) {
            try yolo(inputShape: $0, classCount: 2, shapes: 2, base: 2)
        },
        Network(testDescription: "yolo-v1", size: 32) { try yoloV1(inputShape: $0, classCount: 2, base: 2) },
        Network(testDescription: "ssd", size: 64) { try ssd(inputShape: $0, classCount: 2, base: 2) },
        Network(testDescription: "localizer", size: 64) {
            try localizer(inputShape: $0, classCount: 2, base: 2)
        },
    ]

    @Test("Every tensor of weights of a narrow form, and the pictures", arguments: networks)
    func gradients(_ network: Network) throws {
        let shape: Shape = [network.size, network.size, 3]
        try ZooGradientTests.check(network.make(shape), shape)
    }
}

@Suite("Single-shot detectors learn drawn scenes", .serialized)
struct DetectionLearningTests {
    struct Network: CustomTestStringConvertible {
        var testDescription: String
        /// The average precision at IoU 0.5 that it must pass.
        var level: Float
    }

    static let networks = [
        Network(testDescription: "yolo", level: 0.85), Network(testDescription: "yolo-v1", level: 0.75),
        Network(testDescription: "ssd", level: 0.9), Network(testDescription: "localizer", level: 0.55),
    ]

    @Test("Average precision on the scenes that were learnt", arguments: networks)
    func learning(_ network: Network) throws {
        let scenes = ShapeBoxes(ShapeScenes(size: 64, objects: 1...1)).source(count: 32)
        let whole = try #require(try scenes.batch(Array(0..<32), nil))
        // All of one class: ten in so few pictures could be learnt by heart alone.
        let boxes = whole.targets[0].split([4, 1])
        let truth = Tensor.concatenated([boxes[0], boxes[1] * 0])
        let name = try ModelName(named: network.testDescription)
        let task = DataTask.detection(classNames: ["shape"])
        let model = try name.make(inputShape: [64, 64, 3], task: task)
        let recipe = try name.recipe(for: task, model)
        try model.compile(optimizer: Adam(learningRate: 0.002), losses: recipe.losses, seed: 1)
        let source = try recipe.targets.source(SampleSource([whole.inputs[0]], [truth]))
        try model.fit(source, batchSize: 4, epochs: 30, verbose: .silent)
        let detector = try #require(try name.detector(for: task, model))
        var judge = AveragePrecision(classCount: 1)
        for (found, truth) in zip(
            try detector.detections(in: whole.inputs[0]), GroundTruth.pictures(boxes: truth))
        {
            try judge.add(found, truth: truth)
        }
        let value = try #require(judge.value(at: 0.5))
        #expect(value > network.level, "\(value)")
    }
}
