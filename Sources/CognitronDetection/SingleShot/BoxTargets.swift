import Cognitron
import CognitronData

extension Tensor {
    /// Targets (N, M, 5) as detectors learn them: boxes clipped to their picture, and those of which nothing
    /// is left, and objects that do not count, as rows of class −1.
    ///
    /// - Parameters:
    ///   - classCount: classes are from 0 to this number less one, −1 for rows without a box.
    ///   - height, width: the pictures' size.
    /// - Throws: `CognitronError` where the rows have another form, a side is not finite or there is no such
    ///   class.
    public func learnableBoxes(classCount: Int, height: Int, width: Int) throws -> Tensor {
        guard rank == 3, shape[2] == BoxRow.width else {
            throw CognitronError(
                .shape, "boxes", "the targets are no boxes", expected: "shape (N, M, \(BoxRow.width))",
                got: "\(shape)", advice: "give rows of left, top, right, bottom and class")
        }
        var rows = scalars
        for start in stride(from: 0, to: rows.count, by: BoxRow.width) where rows[start + 4] != -1 {
            let (values, label) = (Array(rows[start..<start + 4]), rows[start + 4])
            guard BoxRow(rows[start..<start + BoxRow.width]).status == .counted else {
                rows.replaceSubrange(start..<start + BoxRow.width, with: BoxRow.none.scalars)
                continue
            }
            let place = "box \(start / BoxRow.width % shape[1] + 1) of a picture"
            guard values.allSatisfy(\.isFinite) else {
                throw CognitronError(
                    .data, place, "has a side that is no number", expected: "finite pixels", got: "\(values)",
                    advice: "correct the annotation")
            }
            guard label >= 0, label < Float(classCount), label == label.rounded() else {
                throw CognitronError(
                    .data, place, "is of a class that does not exist",
                    expected: "a whole number from 0 to \(classCount - 1), or below 0 for none",
                    got: "\(label)",
                    advice: "correct the annotation")
            }
            let box = Box([values[0], values[1], values[2], values[3]], .corners)
                .clipped(width: Float(width), height: Float(height))
            let row =
                box.isValid
                ? BoxRow(
                    left: box.left, top: box.top, right: box.right, bottom: box.bottom, label: Int(label))
                : .none
            rows.replaceSubrange(start..<start + BoxRow.width, with: row.scalars)
        }
        return Tensor(rows, shape: shape)
    }
}
