import ArgumentParser
import Cognitron
import CognitronData

/// `cognitron evaluate`: measures a saved model on a data set.
struct EvaluateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evaluate", abstract: "Measures a saved model's accuracy on a data set.",
        usage: "cognitron evaluate <model> [<options>]")

    @Argument(help: "File of the saved model.")
    var model: String

    @Option(named: "Data set to evaluate on (default: the one it was trained on).")
    var dataset: Dataset?

    @Option(help: "Part of the data set.")
    var split: Dataset.Split = .test

    @Flag(
        help:
            "Average the predictions for six views of each image: mirrored or not, shifted by a pixel or not."
    )
    var augment = false

    @OptionGroup var data: DataOptions
    @OptionGroup var threads: ThreadOptions

    func run() throws {
        try threads.apply()
        let file = try ModelFile(model)
        let dataset = try file.dataset(dataset)
        let pictures = try data.load(dataset, split, for: try file.inputShape())
        let scores =
            augment
            ? try scoresOfViews(file.model, pictures)
            : try scores(file.model, pictures.images, pictures.labels)
        try Output.result("\(pictures.count) pictures of \(dataset) (\(split.rawValue)): \(scores)")
    }

    private func scores(_ model: Model, _ x: any Samples, _ labels: any Samples) throws -> Scores {
        let metrics: [any Metric] =
            (model.outputShape?.last ?? 0) >= 5 ? [.accuracy, .topKAccuracy(k: 5)] : [.accuracy]
        try model.compile(optimizer: SGD(), loss: .sparseCategoricalCrossentropy, metrics: metrics)
        return try model.evaluate(x, labels)
    }

    /// Evaluates the average of the predictions for several views, by a model that returns its input.
    private func scoresOfViews(_ model: Model, _ pictures: LabelledImages) throws -> Scores {
        let predictions = try pictures.images.testTimeViews().map {
            try model.predict($0.images) * $0.share
        }
        let average = predictions.dropFirst().reduce(predictions[0], +)
        let passedOn = Sequential([Input(shape: average.shape.sample), Flatten()])
        return try scores(passedOn, average, pictures.labels)
    }
}
