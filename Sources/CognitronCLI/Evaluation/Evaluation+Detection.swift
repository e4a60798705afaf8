import Cognitron
import CognitronData
import CognitronDetection
import CognitronModels
import CognitronPrediction

extension Evaluation {
    /// The average precision and recall of a detector, as a whole and of each class.
    init(_ detection: DetectionScores) {
        self.init(
            scores: detection.all.compactMap { name, value in
                value.map { Score(name: name, value: $0, interval: nil) }
            }, objects: detection.classNames.indices.map { ObjectScore(detection, $0) })
    }
}

/// How well the objects of one class are found.
struct ObjectScore: Encodable {
    let name: String
    /// The number of objects.
    let objects: Int
    /// Average precision; nil where there are no such objects.
    let boxes: Values
    /// nil where masks are not compared.
    let masks: Values?

    /// At IoU 0.5, at 0.75, and the mean over 0.5 to 0.95.
    struct Values: Encodable {
        let mean: Float?
        let half: Float?
        let threeQuarters: Float?

        init(_ judge: AveragePrecision, _ label: Int) {
            mean = judge.value(label: label)
            half = judge.value(at: 0.5, label: label)
            threeQuarters = judge.value(at: 0.75, label: label)
        }

        private enum CodingKeys: String, CodingKey {
            case mean = "AP"
            case half = "AP@0.5"
            case threeQuarters = "AP@0.75"
        }
    }

    init(_ scores: DetectionScores, _ label: Int) {
        (name, objects) = (scores.classNames[label], scores.boxes.objectCount(label: label))
        boxes = Values(scores.boxes, label)
        masks = scores.masks.map { Values($0, label) }
    }

    /// A line for each class, below a head.
    static func table(_ classes: [ObjectScore]) -> [String] {
        func texts(_ values: Values) -> [String] {
            [values.mean, values.half, values.threeQuarters].map { $0.map { ScoreText.percent($0) } ?? "–" }
        }
        let names = ["AP", "AP@0.5", "AP@0.75"]
        let hasMasks = classes.first?.masks != nil
        return TextTable.lines(
            [["class", "objects"] + names + (hasMasks ? names.map { "mask \($0)" } : [])]
                + classes.map { score in
                    [score.name, "\(score.objects)"] + texts(score.boxes)
                        + (score.masks.map { texts($0) } ?? [])
                })
    }
}

extension ModelFile {
    /// - Throws: `CognitronError` where the model finds no objects.
    func requireDetector() throws -> any Detector {
        if let detector = try detector() { return detector }
        throw CognitronError(
            .argument, path, "finds no objects",
            expected: "a detector such as yolo or ssd, which cognitron train has trained",
            got: recipe.map { "\($0.model)" } ?? "a model for \(task.name)",
            advice: "cognitron predict shows its answers")
    }
}
