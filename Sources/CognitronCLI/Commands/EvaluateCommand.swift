import ArgumentParser
import Cognitron
import CognitronData
import CognitronPrediction

/// `cognitron evaluate`: measures a saved model on a data set.
struct EvaluateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evaluate", abstract: "Measures a saved model on a data set.",
        usage: "cognitron evaluate <model> [<options>]",
        discussion: """
            Prints the loss and all metrics of the model's task, and of a segmentation also those of each \
            class; of a detector, by COCO's rules, the average precision (AP) at IoU 0.5, at 0.75 and the \
            mean over 0.5 to 0.95, by size and by class. The numbers behind scores hold them in 95 of 100 \
            data sets of this kind: Wilson's interval for shares of the samples, a bootstrap over the \
            samples for the others.

            Example: cognitron evaluate lenet-shapes.safetensors --views 6
            """)

    @Argument(help: "File of the saved model.", completion: .file())
    var model: String

    @Option(
        help: DatasetName.help("Data set to evaluate on (default: the one it was trained on)."),
        completion: DatasetName.completion, transform: DatasetName.parse)
    var dataset: DatasetName?

    @Option(help: "Part of the data set.")
    var split: Dataset.Split = .test

    @Option(
        help: """
            Views of each picture whose predictions are averaged: 2 are the picture and its mirror image, 6 \
            are these also shifted by a pixel.
            """)
    var views: PictureViews = .one

    @Option(help: "Form of the scores: text for people, json or csv for programs.")
    var format: ResultFormat = .text

    @OptionGroup var data: DataOptions
    @OptionGroup var threads: ThreadOptions

    func run() throws {
        try threads.apply()
        let file = try ModelFile(model)
        let dataset = try file.dataset(dataset)
        let part = try file.load(dataset, split, data)
        try views.require(fit: part)
        let evaluation = try file.evaluation(part.source, views: views)
        let isWhole = part.table != nil && dataset.isPath && dataset != file.recipe?.dataset
        let rows = isWhole ? "all" : split.rawValue
        let title = "\(part.count) \(part.unit) of \(dataset) (\(rows))"
        try Output.result(try evaluation.text(format, title: title))
    }
}
