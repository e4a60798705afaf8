import Cognitron

/// How well the pixels of one class are found.
struct ClassScore: Encodable {
    let name: String
    /// Intersection over union; nil where neither targets nor predictions have the class.
    let intersectionOverUnion: Float?
    let dice: Float?
    /// The share of the class's pixels that are found.
    let accuracy: Float?
    /// The share of all pixels that are of the class.
    let share: Float

    private enum CodingKeys: String, CodingKey {
        case name, dice, accuracy, share
        case intersectionOverUnion = "io_u"
    }

    static func all(_ confusion: ConfusionMatrix, _ names: [String]) -> [ClassScore] {
        let matrix = confusion.matrix
        let (counts, total) = (matrix.sum(axis: 1).scalars, max(1, matrix.sum()))
        return names.indices.map { id in
            ClassScore(
                name: names[id], intersectionOverUnion: confusion.intersectionOverUnion[id],
                dice: confusion.dice[id],
                accuracy: counts[id] > 0 ? matrix[id].scalars[id] / counts[id] : nil,
                share: counts[id] / total)
        }
    }

    /// A line for each class, below a head.
    static func table(_ classes: [ClassScore]) -> [String] {
        func text(_ value: Float?) -> String { value.map { ScoreText.percent($0) } ?? "–" }
        let rows =
            [["class", "IoU", "Dice", "found", "of all pixels"]]
            + classes.map { score in
                [
                    score.name, text(score.intersectionOverUnion), text(score.dice), text(score.accuracy),
                    text(score.share),
                ]
            }
        return TextTable.lines(rows)
    }
}
