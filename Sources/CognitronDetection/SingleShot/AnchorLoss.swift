import Cognitron
import CognitronData

extension Loss {
    /// The loss of an anchor-based YOLO, for targets (N, M, 5) in `BoxRow`'s form.
    ///
    ///     Σ box · (binary cross-entropy of σ(t.x, t.y) + ½ · squared error of t.w, t.h)   with objects
    ///       + Σ cross-entropy of the classes                                              with objects
    ///       + Σ binary cross-entropy of the objectness               with objects, and of background
    ///
    /// with box = 2 − the object's share of the picture. An object belongs to the cell with its center: there
    /// to the most similar shape that no object before it has, and to others whose overlap with it, both
    /// around one center, is at least 0.6. Objectness is to become the overlap of the predicted box with the
    /// object, as given; background boxes that overlap some object by more than `ignored` do not count.
    ///
    /// - Parameters:
    ///   - ignored: from 0 to 1.
    ///   - background: what the objectness of background counts.
    /// - Source: Redmon and Farhadi, "YOLO9000" (2017) and "YOLOv3: An Incremental Improvement" (2018);
    ///   several boxes an object: Bochkovskiy et al., "YOLOv4" (2020).
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
