import Cognitron
import CognitronData

/// The boxes of one picture as YOLO's programs write them, one a line:
///
///     class centreX centreY width height
///
/// in shares of the picture's width and height. A line may also hold an outline, `class x y x y x y …`, whose
/// bounding box is taken.
///
/// - Source: Ultralytics, "Object Detection Datasets", "Instance Segmentation Datasets".
struct YOLOFile {
    let rows: [BoxRow]
    /// The number of boxes of no size, which are left out.
    let flatCount: Int

    static let byteLimit = 1 << 24

    init(bytes: [UInt8], _ path: String) throws {
        var (rows, flat): ([BoxRow], Int) = ([], 0)
        let lines = try ClassNames.text(bytes, path).split(
            omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        for (number, line) in lines.enumerated() {
            let fields = line.split(whereSeparator: \.isWhitespace)
            guard !fields.isEmpty else { continue }
            let place = "\(path): line \(number + 1)"
            let numbers = fields.dropFirst().compactMap { Float($0) }
            // Shares are at most 1; labels that lie outside of the picture are cut off.
            guard let label = Int(fields[0]), label >= 0, numbers.count == fields.count - 1,
                numbers.count == 4 || numbers.count >= 6 && numbers.count % 2 == 0
            else {
                throw CognitronError(
                    .file, place, "is no box", expected: "class centreX centreY width height",
                    got: "\"\(line.prefix(60))\"")
            }
            guard numbers.allSatisfy({ abs($0) <= 2 }) else {
                throw CognitronError(
                    .file, place, "is not in shares of the picture's size", expected: "numbers from 0 to 1",
                    got: "\"\(line.prefix(60))\"", advice: "divide pixels by the picture's width and height")
            }
            let box = numbers.count == 4 ? Self.box(numbers, label) : Self.box(around: numbers, label)
            if box.right > box.left, box.bottom > box.top { rows.append(box) } else { flat += 1 }
        }
        (self.rows, flatCount) = (rows, flat)
    }

    private static func box(_ n: [Float], _ label: Int) -> BoxRow {
        BoxRow(
            left: n[0] - n[2] / 2, top: n[1] - n[3] / 2, right: n[0] + n[2] / 2, bottom: n[1] + n[3] / 2,
            label: label)
    }

    private static func box(around outline: [Float], _ label: Int) -> BoxRow {
        let x = stride(from: 0, to: outline.count, by: 2).map { outline[$0] }
        let y = stride(from: 1, to: outline.count, by: 2).map { outline[$0] }
        return BoxRow(
            left: x.min() ?? 0, top: y.min() ?? 0, right: x.max() ?? 0, bottom: y.max() ?? 0, label: label)
    }
}
