import Cognitron
import CognitronData

/// What the boxes of a batch are to become; R boxes of N pictures.
struct AnchorGoals {
    /// (N, R, 2): the sigmoids of t.x and t.y.
    let centers: Tensor
    /// (N, R, 2): t.w and t.h.
    let sizes: Tensor
    /// (N, R, 1)
    let objectness: Tensor
    /// (N, R): classes; 0 of boxes without objects.
    let labels: Tensor
    /// (N, R): 1 of boxes with objects, else 0.
    let objects: Tensor
    /// (N, R): what the place and size of a box count; 0 of those without objects.
    let boxWeights: Tensor
    /// (N, R)
    let objectnessWeights: Tensor

    init(
        _ cells: AnchorCells, _ prediction: Tensor, _ truth: [GroundTruth], ignored: Float,
        background: Float
    ) {
        let (rows, columns) = (prediction.shape[1], prediction.shape[2])
        let boxes = rows * columns * cells.shapes.sizes.count
        var goals = [BoxGoal](
            repeating: BoxGoal(objectnessWeight: background), count: truth.count * boxes)
        let numbers = prediction.scalars
        for (picture, truth) in truth.enumerated() where !truth.boxes.isEmpty {
            let first = picture * boxes
            let predicted = (0..<boxes).map { box in
                cells.decode(
                    numbers.values(at: (first + box) * cells.boxDepth), cells.place(box, columns: columns),
                    rows: rows, columns: columns)
            }
            for (box, predicted) in predicted.enumerated()
            where truth.boxes.contains(where: { $0.iou(predicted) > ignored }) {
                goals[first + box].objectnessWeight = 0
            }
            let owners = cells.owners(of: truth.boxes, rows: rows, columns: columns)
            for (number, owner) in owners.enumerated() {
                guard let owner else { continue }
                let (box, place) = (truth.boxes[owner], cells.place(number, columns: columns))
                goals[first + number] = BoxGoal(
                    values: cells.encode(box, place, rows: rows, columns: columns),
                    objectness: predicted[number].iou(box), label: Float(truth.labels[owner]), object: 1,
                    boxWeight: 2 - box.area / Float(cells.height * cells.width), objectnessWeight: 1)
            }
        }
        func column(_ value: (BoxGoal) -> Float) -> Tensor {
            Tensor(goals.map(value), shape: [truth.count, boxes])
        }
        centers = .stacked([column { $0.values.x }, column { $0.values.y }], axis: 2)
        sizes = .stacked([column { $0.values.z }, column { $0.values.w }], axis: 2)
        objectness = column(\.objectness).reshaped([truth.count, boxes, 1])
        (labels, objects) = (column(\.label), column(\.object))
        (boxWeights, objectnessWeights) = (column(\.boxWeight), column(\.objectnessWeight))
    }
}

/// What one box is to become.
private struct BoxGoal {
    var values = SIMD4<Float>()
    var objectness: Float = 0
    var label: Float = 0
    var object: Float = 0
    var boxWeight: Float = 0
    var objectnessWeight: Float
}

extension AnchorCells {
    /// The place of a box by its number: row by row, cell by cell, the shapes of a cell together.
    func place(_ number: Int, columns: Int) -> Place {
        let (cell, shape) = number.quotientAndRemainder(dividingBy: shapes.sizes.count)
        return Place(row: cell / columns, column: cell % columns, shape: shape)
    }

    func number(_ place: Place, columns: Int) -> Int {
        (place.row * columns + place.column) * shapes.sizes.count + place.shape
    }

    /// The least overlap with a shape, both around one center, from which an object is learnt by it too.
    static let shared: Float = 0.6

    /// For each box of a map the number of the object that it is to become; nil for background.
    func owners(of truth: [Box], rows: Int, columns: Int) -> [Int?] {
        var owners = [Int?](repeating: nil, count: rows * columns * shapes.sizes.count)
        let candidates = truth.map { self.candidates(for: $0, rows: rows, columns: columns) }
        for (object, candidates) in candidates.enumerated() {
            if let free = candidates.first(where: { owners[$0.number] == nil }) {
                owners[free.number] = object
            }
        }
        for (object, candidates) in candidates.enumerated() {
            for other in candidates where other.overlap >= Self.shared && owners[other.number] == nil {
                owners[other.number] = object
            }
        }
        return owners
    }

    /// The boxes of the cell with an object's center, from the most similar shape to the least.
    private func candidates(
        for box: Box, rows: Int, columns: Int
    ) -> [(number: Int, overlap: Float)] {
        let (x, y) = (box.centerX / Float(width) * Float(columns), box.centerY / Float(height) * Float(rows))
        let (column, row) = (min(max(Int(x), 0), columns - 1), min(max(Int(y), 0), rows - 1))
        let size = SIMD2(box.width / Float(width), box.height / Float(height))
        let overlaps = shapes.sizes.map { AnchorShapes.iou($0, size) }
        return overlaps.descendingOrder().map { shape in
            (number(Place(row: row, column: column, shape: shape), columns: columns), overlaps[shape])
        }
    }
}
