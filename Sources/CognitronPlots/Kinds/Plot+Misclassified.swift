import Cognitron
import CognitronData

extension Plot {
    /// The pictures whose class is guessed wrong, the most certain guesses first, with truth and guess.
    ///
    /// - Parameters:
    ///   - predictions: the model's output for the pictures, (N, classes).
    ///   - labels: the true class of each picture, (N).
    ///   - dataName: what the pictures are called in the subtitle.
    ///   - limit: the most pictures that are drawn.
    ///   - picture: gives the picture of an index, (H, W, C).
    /// - Throws: `CognitronError` where the numbers of predictions and labels differ.
    public static func misclassified(
        _ predictions: Tensor, _ labels: Tensor, classNames: [String] = [], of dataName: String = "the data",
        limit: Int = 24, title: String = "Misclassified", picture: (Int) throws -> Tensor
    ) throws -> Plot {
        try requireClassOutputs(predictions, labels)
        let (truth, guesses) = (labels.scalars, predictions.argmax(axis: 1).scalars)
        let certainty = predictions.max(axis: 1).scalars
        let wrong = truth.indices.filter { truth[$0] != guesses[$0] }
        let ranked = wrong.sorted { (certainty[$0], $1) > (certainty[$1], $0) }.prefix(limit)
        func name(_ number: Float) -> String {
            let number = Int(number)
            return classNames.indices.contains(number) ? classNames[number] : "\(number)"
        }
        let cells = try ranked.map { index in
            PictureSheet.Cell(
                Picture(sample: try picture(index)),
                caption: [
                    "is \(name(truth[index]))", "not \(name(guesses[index]))",
                    "(\(Double(certainty[index]).percent(0)))",
                ])
        }
        guard !wrong.isEmpty else {
            return Plot(
                title, subtitle: "no mistakes among \(truth.count.grouped) pictures of \(dataName)",
                width: 420,
                height: 0, content: [])
        }
        let share = Double(wrong.count) / Double(max(1, truth.count))
        let shown = ranked.count < wrong.count ? ", the \(ranked.count) most certain shown" : ""
        return try PictureSheet(
            title,
            subtitle: "\(wrong.count.grouped) of \(truth.count.grouped) pictures of \(dataName) "
                + "(\(share.percent(2)))\(shown); in brackets, the probability of the wrong class",
            sections: [PictureSheet.Section("", cells)], side: 88
        ).plot()
    }

    /// - Throws: unless predictions are (N, classes) and labels (N).
    static func requireClassOutputs(_ predictions: Tensor, _ labels: Tensor) throws {
        guard predictions.rank == 2, predictions.shape[0] == labels.count else {
            throw CognitronError(
                .shape, "predictions", "do not fit the labels",
                expected: "\(labels.count) × the number of classes", got: "\(predictions.shape)")
        }
    }
}
