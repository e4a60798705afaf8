import Cognitron
import CognitronData

extension Loss {
    /// The loss of an anchor-based YOLO, for targets (N, M, 5) in `BoxRow`'s form.
    ///
    ///     Σ box · (binary cross-entropy of σ(t.x, t.y) + ½ · squared error of t.w, t.h)   of boxes with objects
    ///       + Σ cross-entropy of the classes                                              of boxes with objects
    ///       + Σ binary cross-entropy of the objectness        of boxes with objects and of background
    ///
    /// with box = 2 − the object's share of the picture. An object belongs to the cell with its center, and
    /// there to the most similar shape that no object before it has. Objectness is to become the overlap of
    /// the predicted box with the object, as given; background boxes that overlap some object by more than
    /// `ignored` do not count.
    ///
    /// - Parameters:
    ///   - ignored: from 0 to 1.
    ///   - background: what the objectness of background counts.
    /// - Source: Redmon and Farhadi, "YOLO9000" (2017) and "YOLOv3: An Incremental Improvement" (2018).
    public static func anchorCells(
        _ cells: AnchorCells, ignored: Float = 0.6, background: Float = 0.5
    ) -> Loss {
        let binary = RowTerm(.binaryCrossentropy(fromLogits: true, reduction: .sum))
        let squared = RowTerm(.meanSquaredError(reduction: .sum))
        let classes = RowTerm(.sparseCategoricalCrossentropy(fromLogits: true, reduction: .sum))
        return Loss("anchor_cells", targets: .any) { prediction, target in
            let boxes = prediction.reshaped([prediction.shape[0], -1, cells.boxDepth])  // (N, R, 5 + C)
            let goals = AnchorGoals(
                cells, prediction, GroundTruth.pictures(boxes: target), ignored: ignored,
                background: background)
            let parts = boxes.split([2, 2, 1, cells.classCount])
            // Terms of two numbers are their mean.
            let terms = [
                binary(parts[0], goals.centers, weights: 2 * goals.boxWeights),
                squared(parts[1], goals.sizes, weights: goals.boxWeights),
                binary(parts[2], goals.objectness, weights: goals.objectnessWeights),
                classes(parts[3], goals.labels, weights: goals.objects),
            ]
            return (
                terms.dropFirst().reduce(terms[0].losses) { $0 + $1.losses },
                Tensor.concatenated(terms.map(\.gradient)).reshaped(prediction.shape)
            )
        }
    }
}

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
            for (box, label) in zip(truth.boxes, truth.labels) {
                let free = cells.places(for: box, rows: rows, columns: columns)
                    .map { ($0, cells.number($0, columns: columns)) }
                    .first { goals[first + $0.1].object == 0 }
                guard let (place, number) = free else { continue }
                let area = box.area / Float(cells.height * cells.width)
                goals[first + number] = BoxGoal(
                    values: cells.encode(box, place, rows: rows, columns: columns),
                    objectness: predicted[number].iou(box), label: Float(label), object: 1,
                    boxWeight: 2 - area, objectnessWeight: 1)
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

    /// The places of the cell with a box's center, from the most similar shape to the least.
    fileprivate func places(for box: Box, rows: Int, columns: Int) -> [Place] {
        let (x, y) = (box.centerX / Float(width) * Float(columns), box.centerY / Float(height) * Float(rows))
        let (column, row) = (min(max(Int(x), 0), columns - 1), min(max(Int(y), 0), rows - 1))
        return shapes.ordered(by: [box.width / Float(width), box.height / Float(height)])
            .map { Place(row: row, column: column, shape: $0) }
    }
}
