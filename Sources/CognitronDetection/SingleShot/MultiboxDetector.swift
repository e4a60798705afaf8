import Cognitron

/// Finds objects by an SSD.
///
/// Each class of a default box is a candidate of its own, with its softmax as score; the `candidates` with the
/// highest scores of each class take part.
///
/// - Source: torchvision `SSD.postprocess_detections`.
public struct MultiboxDetector: Detector {
    public let model: Model
    public let boxes: MultiboxBoxes
    public var choice: DetectionChoice
    /// The largest number of boxes of a class before suppression.
    public var candidates = 400

    public init(
        model: Model, boxes: MultiboxBoxes,
        choice: DetectionChoice = DetectionChoice(score: 0.01, overlap: 0.45, limit: 200)
    ) {
        (self.model, self.boxes, self.choice) = (model, boxes, choice)
    }

    public func detections(in pictures: Tensor) throws -> [[Detection]] {
        let output = try model.predict(pictures)
        guard output.rank == 3, output.shape[1] == boxes.boxes.count, output.shape[2] > 5 else {
            throw CognitronError(
                .shape, "ssd", "the output is not of these default boxes",
                expected: "shape (N, \(boxes.boxes.count), 5 + classes)", got: "\(output.shape)")
        }
        return proposals(output).map { choice($0, height: boxes.height, width: boxes.width) }
    }

    /// The candidates of the outputs (N, boxes, 5 + classes), picture by picture.
    func proposals(_ output: Tensor) -> [[Detection]] {
        let (count, depth, numbers) = (output.shape[1], output.shape[2], output.scalars)
        return (0..<output.shape[0]).map { picture in
            var found = [[Detection]](repeating: [], count: depth - 5)
            for number in 0..<count {
                let start = (picture * count + number) * depth
                let scores = numbers.softmax(start + 4..<start + depth)
                for label in found.indices where scores[label + 1] >= choice.score {
                    let box = boxes.coder.decode(numbers.values(at: start), from: boxes.boxes[number])
                    found[label].append(Detection(box: box, label: label, score: scores[label + 1]))
                }
            }
            return found.flatMap { detections in
                detections.map(\.score).descendingOrder().prefix(candidates).map { detections[$0] }
            }
        }
    }
}
