import Cognitron

/// Finds objects by an anchor-based YOLO.
///
/// The score of a box is σ(objectness) times the softmax of its most probable class.
public struct AnchorDetector: Detector {
    public let model: Model
    public let cells: AnchorCells
    public var choice: DetectionChoice

    public init(model: Model, cells: AnchorCells, choice: DetectionChoice = DetectionChoice()) {
        (self.model, self.cells, self.choice) = (model, cells, choice)
    }

    public func detections(in pictures: Tensor) throws -> [[Detection]] {
        let output = try model.predict(pictures)
        try cells.require(output.shape)
        return proposals(output).map { choice($0, height: cells.height, width: cells.width) }
    }

    /// The boxes that the outputs (N, rows, columns, depth) mean and whose objectness reaches the least score.
    func proposals(_ output: Tensor) -> [[Detection]] {
        let (rows, columns) = (output.shape[1], output.shape[2])
        let boxes = rows * columns * cells.shapes.sizes.count
        let numbers = output.scalars
        return (0..<output.shape[0]).map { picture in
            (0..<boxes).compactMap { box in
                let start = (picture * boxes + box) * cells.boxDepth
                let objectness = sigmoid(numbers[start + 4])
                guard objectness >= choice.score else { return nil }
                let classes = numbers.softmax(start + 5..<start + cells.boxDepth)
                let (label, probability) = classes.largest(0..<classes.count)
                return Detection(
                    box: cells.decode(
                        numbers.values(at: start), cells.place(box, columns: columns), rows: rows,
                        columns: columns),
                    label: label, score: objectness * probability)
            }
        }
    }
}
