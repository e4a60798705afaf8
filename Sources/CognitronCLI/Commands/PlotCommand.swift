import ArgumentParser
import Cognitron
import CognitronData
import CognitronImages
import CognitronPlots
import Foundation

/// `cognitron plot`: draws a saved model, its training, and what it makes of pictures.
struct PlotCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plot", abstract: "Draws a model, its training, and what it makes of pictures.",
        usage: "cognitron plot <kind> <model> [<pictures> ...] [--output <file>] [<options>]",
        discussion:
            """
            Example: cognitron plot grad-cam lenet-shapes.safetensors --output why.png

            Kinds:
            \(kinds)

            A picture is a file, or the number of a picture of the data. Without pictures, and for kinds that \
            measure, the data are those the model was trained on, their test part.
            """)

    @Argument(named: "What to draw.")
    var kind: PlotKind?

    @Argument(help: "File of the saved model.", completion: .file())
    var model: String

    @Argument(help: "Picture files, or numbers of pictures of the data, from 0.", completion: .file())
    var pictures: [String] = []

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp(
            "File to write, .svg or .png; kind model also .dot and .mmd (default: MODEL-KIND.svg).",
            valueName: "file"))
    var output: String?

    @Option(named: "Data set to show and measure with (default: the one the model was trained on).")
    var dataset: Dataset?

    @Option(help: "Part of the data set.")
    var split: Dataset.Split = .test

    @Option(help: "Layer to show, by its name in cognitron summary.")
    var layer: String?

    @Option(
        name: .customLong("class"),
        help: ArgumentHelp(
            "Class to explain, by name or number (default: the predicted one).", valueName: "class"))
    var className: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("The most pictures, filters, maps, samples or steps.", valueName: "number"))
    var count: Int?

    @OptionGroup var data: DataOptions
    @OptionGroup var threads: ThreadOptions

    private static var kinds: String {
        let width = PlotKind.table.names.map(\.count).max() ?? 0
        return PlotKind.registered.map { kind in
            "  \(kind.name.padding(toLength: width, withPad: " ", startingAt: 0))  \(kind.summary)"
        }.joined(separator: "\n")
    }

    func validate() throws {
        if let count, count < 1 { throw ValidationError("--count: expected at least 1, got \(count)") }
        if output == "" { throw ValidationError("--output: expected the name of a file, got none") }
    }

    func run() throws {
        try threads.apply()
        guard let kind else { throw ValidationError("expected a kind of plot") }
        let file = try ModelFile(model)
        let path = output ?? "\(file.name)-\(kind).svg"
        try Plot.requireWritable(path)
        var request = PlotRequest(
            file.model, name: file.name, classNames: file.classNames, history: { try file.history() },
            data: { try part(file, split) }, fresh: { try fresh(file) })
        request.subjects = try pictures.map { try subject($0, file) }
        (request.layer, request.limit) = (layer, count)
        request.classIndex = try className.map { try classIndex($0, file.classNames) }
        try kind.plot(request).write(to: path)
        Output.note("Wrote \(path)")
    }

    private func part(_ file: ModelFile, _ split: Dataset.Split) throws -> DatasetPart {
        DatasetPart(try data.load(try file.dataset(dataset), split, for: try file.inputShape()))
    }

    /// A picture of a file in the model's size, or one of the data.
    private func subject(_ word: String, _ file: ModelFile) throws -> Plot.Subject {
        if let number = Int(word), !FileManager.default.fileExists(atPath: word) {
            return try part(file, split).subject(number)
        }
        let shape = try file.inputShape()
        guard let channels = PictureChannels(count: shape[2]) else {
            throw CognitronError(
                .shape, model, "takes no pictures", expected: "1, 3 or 4 channels", got: "\(shape[2])")
        }
        let picture = try PictureFile.read(word, channels: channels)
            .resized(height: shape[0], width: shape[1])
        return Plot.Subject(picture.tensor, name: URL(fileURLWithPath: word).lastPathComponent)
    }

    private func classIndex(_ word: String, _ names: [String]) throws -> Int {
        if let index = names.firstIndex(of: word) { return index }
        guard let number = Int(word), names.indices.contains(number) else {
            throw CognitronError(
                .argument, "--class", "there is none called \(word)",
                expected: "one of \(names.joined(separator: ", ")), or 0 to \(names.count - 1)", got: word)
        }
        return number
    }

    /// The network of the model's file before its training, compiled as in its training.
    private func fresh(_ file: ModelFile) throws -> (model: Model, training: DatasetPart) {
        let recipe = try file.recipe()
        let training = try part(file, .train)
        let network = try recipe.model.make(
            inputShape: try file.inputShape(), classCount: file.classNames.count)
        try network.compile(
            optimizer: recipe.optimizer.make(for: network, recipe.learningRate, recipe.weightDecay),
            loss: .sparseCategoricalCrossentropy(labelSmoothing: recipe.labelSmoothing), seed: recipe.seed)
        return (network, training)
    }
}
