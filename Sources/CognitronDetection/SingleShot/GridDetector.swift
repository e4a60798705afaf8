import Cognitron

/// Finds objects by a network of YOLO's first form.
///
/// The score of a class is its probability times the box's confidence; each box is of its cell's most probable
/// class.
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

    /// All boxes that the outputs (N, rows, columns, depth) mean, picture by picture.
    func proposals(_ output: Tensor) -> [[Detection]] {
        let numbers = output.scalars
        return (0..<output.shape[0]).map { picture in
            (0..<grid.rows * grid.columns).flatMap { cell -> [Detection] in
                let start = (picture * grid.rows * grid.columns + cell) * grid.depth
                let classes = start + grid.boxesPerCell * YOLOGrid.boxDepth
                let (label, probability) = numbers.largest(classes..<classes + grid.classCount)
                return (0..<grid.boxesPerCell).map { number in
                    let place = start + number * YOLOGrid.boxDepth
                    let box = grid.decode(
                        numbers.values(at: place), row: cell / grid.columns, column: cell % grid.columns)
                    // Outputs are trained towards 0…1, and may lie outside.
                    let score = min(max(numbers[place + 4], 0), 1) * min(max(probability, 0), 1)
                    return Detection(box: box, label: label, score: score)
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
