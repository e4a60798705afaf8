import ArgumentParser
import Cognitron
import CognitronData

/// `cognitron evaluate`: how good a saved model is.
struct EvaluateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evaluate", abstract: "Measures a saved model on a data set.",
        usage: "cognitron evaluate <model> [<options>]")

    @Argument(help: "The model's file.")
    var model: String

    @Option(help: "What to measure it on (default: what it was trained on).")
    var dataset: Dataset?

    @Option(help: "Which part of it.")
    var split: Dataset.Split = .test

    @OptionGroup var data: DataOptions
    @OptionGroup var threads: ThreadOptions

    func run() throws {
        try threads.apply()
        let file = try ModelFile(model)
        let dataset = try file.dataset(dataset)
        let pictures = try data.load(dataset, split, for: try file.inputShape())
        try file.model.compile(
            optimizer: SGD(), loss: .sparseCategoricalCrossentropy, metrics: [.accuracy, .topKAccuracy(k: 5)])
        let scores = try file.model.evaluate(pictures.images, pictures.labels)
        print("\(pictures.count) pictures of \(dataset.rawValue) (\(split.rawValue)): \(scores)")
    }
}
