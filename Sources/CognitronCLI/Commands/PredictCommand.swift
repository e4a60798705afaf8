import ArgumentParser
import Cognitron
import CognitronData

/// `cognitron predict`: prints a saved model's predictions for images.
struct PredictCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "predict", abstract: "Shows the most probable classes of images.",
        usage: "cognitron predict <model> [<indices> ...] [<options>]")

    @Argument(help: "File of the saved model.")
    var model: String

    @Argument(help: "Indices of the images, from 0 (default: all).")
    var indices: [Int] = []

    @Option(named: "Data set of the images (default: the one the model was trained on).")
    var dataset: Dataset?

    @Option(help: "Part of the data set.")
    var split: Dataset.Split = .test

    @Option(parsing: .unconditional, help: "Number of classes to show per image.")
    var top = 3

    @OptionGroup var data: DataOptions
    @OptionGroup var threads: ThreadOptions

    func validate() throws {
        guard top >= 1 else { throw ValidationError("--top: expected at least 1, got \(top)") }
    }

    func run() throws {
        try threads.apply()
        let file = try ModelFile(model)
        let pictures = try data.load(try file.dataset(dataset), split, for: try file.inputShape())
        let indices = indices.isEmpty ? Array(0..<pictures.count) : indices
        if let wrong = indices.first(where: { !(0..<pictures.count).contains($0) }) {
            throw CognitronError(
                .argument, pictures.name, "has no picture \(wrong)", expected: "0 to \(pictures.count - 1)",
                got: "\(wrong)")
        }
        let probabilities = try file.model.predict(pictures.images.batch(indices))
        let names = file.classNames
        let lines = indices.enumerated().map { row, index in
            let ranked = probabilities[row].scalars.enumerated().sorted { $0.element > $1.element }
            let guesses = ranked.prefix(top).map {
                "\(names[$0.offset]) \(TrainingSession.percent($0.element))"
            }
            let truth = pictures.sample(at: index)
            let mark = ranked.first?.offset == truth.label ? "✓" : "✗"
            return "picture \(index) (\(truth.className))  \(mark)  \(guesses.joined(separator: ", "))"
        }
        if !lines.isEmpty { try Output.result(lines.joined(separator: "\n")) }
    }
}
