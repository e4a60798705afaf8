import Cognitron
import CognitronData
import CognitronDetection
import CognitronModels
import Testing

@Suite("R-CNN")
struct RCNNTests {
    /// A red or a green square on grey, with its box.
    private static func squares(_ count: Int, seed: UInt64) -> SampleSource {
        var draws = RandomKey(seed: seed).generator()
        var (scalars, rows) = ([Float](), [Float]())
        for _ in 0..<count {
            let side = Int.random(in: 12...22, using: &draws)
            let (x, y) = (
                Int.random(in: 0...48 - side, using: &draws), Int.random(in: 0...48 - side, using: &draws)
            )
            let label = Int.random(in: 0...1, using: &draws)
            for pixel in 0..<48 * 48 {
                let isInside = (y..<y + side).contains(pixel / 48) && (x..<x + side).contains(pixel % 48)
                scalars += isInside ? (label == 0 ? [0.9, 0.2, 0.2] : [0.2, 0.9, 0.2]) : [0.5, 0.5, 0.5]
            }
            rows +=
                BoxRow(
                    left: Float(x), top: Float(y), right: Float(x + side), bottom: Float(y + side),
                    label: label
                ).scalars
        }
        return SampleSource(
            Tensor(scalars, shape: [count, 48, 48, 3]), Tensor(rows, shape: [count, 1, 5]))
    }

    @Test("Learns squares of two colours and finds those of other pictures")
    func learning() throws {
        let task = DataTask.detection(classNames: ["red", "green"])
        let model = try ModelName.rcnn.learned(
            from: Self.squares(40, seed: 1), inputShape: [48, 48, 3], task: task)
        let detector = try #require(try ModelName.rcnn.detector(for: task, model))
        let batch = try #require(try Self.squares(20, seed: 2).batch(Array(0..<20), nil))
        let truths = GroundTruth.pictures(boxes: batch.targets[0])
        let found = try detector.detections(in: batch.inputs[0])
        let right = zip(found, truths).count { detections, truth in
            guard let best = detections.first else { return false }
            return best.label == truth.labels[0] && best.box.iou(truth.boxes[0]) > 0.7
        }
        #expect(right >= 18, "\(right) of 20")
        let scores = found.flatMap { $0.map(\.score) }
        #expect(scores.allSatisfy { $0 > 0 && $0 < 1 })
    }

    @Test("Counts: features, scores and offsets")
    func counts() throws {
        let model = try ModelName.rcnn.make(classCount: 10)
        let convolutions = 27 * 32 + 288 * 64 + 576 * 128 + 2 * (32 + 64 + 128)
        #expect(model.parameterCount - 2 * (32 + 64 + 128) == convolutions + 2048 * 128 + 128 + 129 * 50)
    }

    @Test("Pictures without objects, and of other channels, are refused in words")
    func mistakes() throws {
        let none = SampleSource(
            Tensor(repeating: 0.5, shape: [2, 32, 32, 3]),
            Tensor([0, 0, 0, 0, -1, 0, 0, 0, 0, -1], shape: [2, 1, 5]))
        #expect(throws: CognitronError.self) {
            try learnedRCNN(from: none, channels: 3, classCount: 2)
        }
        let task = DataTask.detection(classNames: ["a"])
        let detector = try #require(
            try ModelName.rcnn.detector(for: task, ModelName.rcnn.make(task: task)))
        #expect(throws: CognitronError.self) {
            try detector.detections(in: Tensor(repeating: 0, shape: [1, 32, 32, 1]))
        }
    }
}
