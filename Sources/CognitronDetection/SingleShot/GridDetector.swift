import Cognitron

/// Finds objects by a network of YOLO's first form.
///
/// The score of a class is its probability times the box's confidence. Each box is a detection of every class
/// with at least the lowest score, as in the paper: a cell has one set of classes, so that a doubtful second
/// class often belongs to a neighbour.
public struct GridDetector: Detector {
    public let model: Model
    public let grid: YOLOGrid
    public var choice: DetectionChoice

    public init(model: Model, grid: YOLOGrid, choice: DetectionChoice = DetectionChoice()) {
        (self.model, self.grid, self.choice) = (model, grid, choice)
    }

    public func detections(in pictures: Tensor) throws -> [[Detection]] {
        let output = try model.predict(pictures)
        try grid.require(output.shape)
        return proposals(output).map { choice($0, height: grid.height, width: grid.width) }
    }

    /// The boxes that the outputs (N, rows, columns, depth) mean, picture by picture: one for each class with
    /// at least the lowest score.
    func proposals(_ output: Tensor) -> [[Detection]] {
        let numbers = output.scalars
        return (0..<output.shape[0]).map { picture in
            (0..<grid.rows * grid.columns).flatMap { cell in
                let start = (picture * grid.rows * grid.columns + cell) * grid.depth
                let classes = start + grid.boxesPerCell * YOLOGrid.boxDepth
                return (0..<grid.boxesPerCell).flatMap { number -> [Detection] in
                    let place = start + number * YOLOGrid.boxDepth
                    // Outputs are trained towards 0…1, and may lie outside.
                    let confidence = min(max(numbers[place + 4], 0), 1)
                    guard confidence >= choice.score else { return [] }
                    let box = grid.decode(
                        numbers.values(at: place), row: cell / grid.columns, column: cell % grid.columns)
                    return (0..<grid.classCount).compactMap { label in
                        let score = confidence * min(max(numbers[classes + label], 0), 1)
                        return score >= choice.score ? Detection(box: box, label: label, score: score) : nil
                    }
                }
            }
        }
    }
}

extension [Float] {
    /// The place of the largest of some of the numbers, counted from the first of them, and its value.
    func largest(_ range: Range<Int>) -> (place: Int, value: Float) {
        var best = range.lowerBound
        for place in range where self[place] > self[best] { best = place }
        return (best - range.lowerBound, self[best])
    }
}
