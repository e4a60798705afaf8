import Cognitron
import CognitronData
import Foundation
import Testing

@testable import CognitronDetection
@testable import CognitronModels

@Suite("Two-stage detectors")
struct RegionDetectorTests {
    struct Row: CustomTestStringConvertible {
        var name: ModelName
        var classes: Int
        var trained: Int
        var statistics: Int
        var testDescription: String { name.name }
    }

    // Counts of torchvision's networks; those of the others by hand, from their tables.
    static let rows = [
        Row(name: .fasterRCNNResNet50FPN, classes: 90, trained: 41_808_406, statistics: 53_120),
        Row(name: .maskRCNNResNet50FPN, classes: 90, trained: 44_454_513, statistics: 53_120),
        // ResNet-50's 23,508,032, 9 · 1024² + 1024 of the shared convolution, 75 · 1025, 455 · 2049.
        Row(name: .fasterRCNNResNet50, classes: 90, trained: 33_955_410, statistics: 53_120),
        // A backbone of 291,728, a pyramid of 84,224, a head of 425,143; proposals 38,878; masks 32,203.
        Row(name: .fastRCNN, classes: 10, trained: 801_095, statistics: 992),
        Row(name: .fasterRCNN, classes: 10, trained: 839_973, statistics: 992),
        Row(name: .maskRCNN, classes: 10, trained: 872_176, statistics: 992),
    ]

    @Test("Parameters", arguments: rows)
    func counts(_ row: Row) throws {
        let model = try row.name.make(classCount: row.classes)
        func count(_ isTrainable: Bool) -> Int {
            model.parameters.filter { $0.isTrainable == isTrainable }.reduce(0) { $0 + $1.shape.elementCount }
        }
        #expect(count(true) == row.trained)
        #expect(count(false) == row.statistics)
    }

    @Test("Multiply-adds of the published form are torchvision's, with one region")
    func multiplyAdds() throws {
        let model = try ModelName.fasterRCNNResNet50FPN.make(inputShape: [800, 800, 3], classCount: 90)
        let count = try #require(model.multiplyAdds)
        // 88.381 billion of backbone and pyramid, 31.639 of proposals, 0.014 of the box head.
        #expect(abs(Double(count) / 1e9 - 120.034) < 0.002)
    }

    /// Scenes of 64×64 and a network for them.
    private func small(
        _ name: ModelName, seed: UInt64 = 1
    ) throws -> (model: Model, source: any BatchSource, detector: any Detector) {
        let scenes = ShapeScenes(size: 64, objects: 1...2)
        let model = try name.make(inputShape: scenes.inputShape, task: scenes.task)
        let settings = TrainerSettings(optimizer: { Adam(learningRate: 3e-3) }, seed: seed)
        try model.compile(try #require(try name.trainer(for: scenes.task, model, settings)))
        let detector = try #require(try name.detector(for: scenes.task, model))
        return (model, scenes.source(count: 8), detector)
    }

    @Test("Learn a few scenes", arguments: [ModelName.fastRCNN, .fasterRCNN, .maskRCNN])
    func learns(_ name: ModelName) throws {
        let (model, source, detector) = try small(name)
        let history = try model.fit(source, batchSize: 4, epochs: 15, verbose: .silent)
        let losses = try #require(history["loss"])
        #expect(losses[14] < 0.7 * losses[0])
        let scores = try model.evaluate(source)
        #expect(scores["class_loss"] != nil && scores["box_loss"] != nil)
        #expect((scores["objectness_loss"] == nil) == (name == .fastRCNN))
        #expect((scores["mask_loss"] == nil) == (name != .maskRCNN))
        let batch = try #require(try source.batch([0, 1, 2, 3], nil))
        let truth = GroundTruth.pictures(boxes: batch.targets[0], instances: batch.targets[1])
        var hits = 0
        // Of all objects together: after so few steps, how well a single one is cut out depends on rounding.
        var (covered, area): (Float, Float) = (0, 0)
        for (found, truth) in zip(try detector.detections(in: batch.inputs[0]), truth) {
            for (number, box) in truth.boxes.enumerated() {
                guard let best = found.first(where: { $0.box.iou(box) > 0.5 }) else { continue }
                hits += 1
                guard name == .maskRCNN else { continue }
                let mask = try #require(best.mask)
                let own = try #require(truth.instances) .== Float(number + 1)
                #expect(mask.shape == own.shape)
                covered += (mask * own).sum()
                area += own.sum()
            }
        }
        #expect(hits >= 3)
        #expect(name != .maskRCNN || covered > 0.4 * area)
    }

    @Test("The same seed gives the same weights, a validation the same losses")
    func determinism() throws {
        let runs = try (0..<2).map { _ in
            let (model, source, _) = try small(.maskRCNN)
            try model.fit(source, batchSize: 8, epochs: 1, verbose: .silent)
            return (model, try model.evaluate(source), try model.evaluate(source))
        }
        #expect(runs[0].1 == runs[1].1)
        #expect(runs[0].1 == runs[0].2)
        for (a, b) in zip(runs[0].0.parameters, runs[1].0.parameters) { #expect(a.value == b.value) }
    }

    @Test("A model that is saved and loaded finds the same objects")
    func savedModel() throws {
        let (model, source, detector) = try small(.maskRCNN)
        let path = FileManager.default.temporaryDirectory.appending(path: "\(UUID()).safetensors").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        try model.save(path)
        let pictures = try #require(try source.batch([0, 1], nil)).inputs[0]
        let loaded = try RegionDetector(Model.load(path), .small)
        let (found, again) = (try detector.detections(in: pictures), try loaded.detections(in: pictures))
        #expect(found.map { $0.map(\.box) } == again.map { $0.map(\.box) })
        #expect(found.map { $0.map(\.score) } == again.map { $0.map(\.score) })
    }

    @Test("Pictures of different sizes run as one batch, each with boxes in its own pixels")
    func sizes() throws {
        let (_, source, detector) = try small(.fasterRCNN)
        let picture = try #require(try source.batch([0], nil)).inputs[0].squeezing(0)
        let wide = picture.padded([(0, 0), (0, 33), (0, 0)])
        let regions = try #require(detector as? RegionDetector)
        let found = try regions.detections(in: [picture, wide])
        #expect(found.count == 2)
        for (found, width) in zip(found, [64, 97]) {
            #expect(
                found.allSatisfy { $0.box.isValid && $0.box.right <= Float(width) && $0.box.bottom <= 64 })
        }
        #expect(try regions.detections(in: []).isEmpty)
    }

    // MARK: - Bad input

    /// A batch of two pictures with one row of boxes each.
    private func batch(_ rows: [[Float]], instances: Shape = [2, 64, 64]) -> Batch {
        Batch(
            inputs: [.randomUniform([2, 64, 64, 3], seed: 1)],
            targets: [
                Tensor(rows.flatMap { $0 }, shape: [2, rows.count / 2, 5]), .zeros(instances),
            ])
    }

    @Test("A batch without any object is learnt as background", arguments: [ModelName.fastRCNN, .maskRCNN])
    func noObjects(_ name: ModelName) throws {
        let model = try name.make(inputShape: [64, 64, 3], task: .instances(classNames: ["a", "b"]))
        let settings = TrainerSettings(optimizer: { SGD(learningRate: 0.01) }, seed: 1)
        let trainer = try #require(
            try name.trainer(for: .instances(classNames: ["a", "b"]), model, settings))
        // None, one outside of the picture, and one without an area.
        for row in [[0, 0, 0, 0, -1], [70, 70, 90, 90, 1], [5, 5, 5, 9, 0]] as [[Float]] {
            let batch = batch([row, row])
            try trainer.step.validate(batch, samples: [0, 1], trainer)
            let scores = try trainer.step.train(batch, trainer)
            #expect(scores["box_loss"] == 0)
            #expect(scores["mask_loss"] == (name == .maskRCNN ? 0 : nil))
            #expect(scores.loss.isFinite && scores.loss > 0)
        }
    }

    @Test("Many objects, and boxes that reach out of the picture")
    func manyObjects() throws {
        let task = DataTask.instances(classNames: ["a"])
        let model = try ModelName.fasterRCNN.make(inputShape: [64, 64, 3], task: task)
        let settings = TrainerSettings(optimizer: { SGD(learningRate: 0.01) }, seed: 1)
        let trainer = try #require(try ModelName.fasterRCNN.trainer(for: task, model, settings))
        let rows = (0..<10_000).map { number -> [Float] in
            let (x, y) = (Float(number % 70) - 10, Float(number / 140) - 10)
            return [x, y, x + 12, y + 12, 0]
        }
        #expect(try trainer.step.train(batch(rows), trainer).loss.isFinite)
    }

    @Test("Targets that do not fit are errors")
    func badTargets() throws {
        let task = DataTask.instances(classNames: ["a", "b"])
        let model = try ModelName.maskRCNN.make(inputShape: [64, 64, 3], task: task)
        let settings = TrainerSettings(optimizer: { SGD(learningRate: 0.01) }, seed: 1)
        let trainer = try #require(try ModelName.maskRCNN.trainer(for: task, model, settings))
        let good: [Float] = [4, 4, 40, 40, 1]
        let cases: [(Batch, String)] = [
            (batch([good, [4, .nan, 40, 40, 1]]), "no number"),
            (batch([good, [4, 4, 40, 40, 2]]), "a class that does not exist"),
            (batch([good, good], instances: [2, 32, 32]), "another size than the pictures"),
            (Batch(inputs: batch([good, good]).inputs, targets: []), "the targets are no boxes"),
            (Batch(inputs: [.zeros([2, 8])], targets: batch([good, good]).targets), "takes pictures only"),
        ]
        for (batch, words) in cases {
            let error = #expect(throws: CognitronError.self) {
                try trainer.step.validate(batch, samples: [0, 1], trainer)
            }
            #expect(error?.description.contains(words) == true, "\(error?.description ?? "")")
        }
        #expect(throws: CognitronError.self) { try RegionDetector(try lenet(), .small) }
        #expect(throws: CognitronError.self) {
            try RegionDetector(try CognitronModels.fasterRCNN(proposesRegions: false), .small)
        }
        let detector = try #require(try ModelName.maskRCNN.detector(for: task, model))
        #expect(throws: CognitronError.self) { try detector.detections(in: .zeros([64, 64, 3])) }
    }

    private func lenet() throws -> Model { try ModelName.lenet.make(classCount: 10) }
}
