import ArgumentParser
import Cognitron
import CognitronData
import CognitronPlots
import CognitronPrediction
import Foundation

/// `cognitron plot`: draws a saved model, its training, and what it makes of pictures.
struct PlotCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plot", abstract: "Draws a model, its training, and what it makes of pictures.",
        usage: """
            cognitron plot <kind> <model> [<pictures> ...] [<options>]
            cognitron plot overlay|pixels --dataset <dataset> [<pictures> ...]
            """,
        discussion:
            """
            Examples:
              cognitron plot grad-cam lenet-shapes.safetensors --output why.png
              cognitron plot overlay --dataset shapes-scenes

            Kinds, by what they need:
            \(kinds)

            A picture is a file, or the number of a picture of the data. Without pictures, and for kinds \
            that measure, the data are those the model was trained on, their test part.
            """)

    @Argument(named: "What to draw.")
    var kind: PlotKind?

    @Argument(
        help: """
            File of the saved model; kind model also draws a network by its name, and overlay and pixels draw \
            the data of --dataset without one.
            """, completion: .file())
    var model: String?

    @Argument(help: "Picture files, or numbers of pictures of the data, from 0.", completion: .file())
    var pictures: [String] = []

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp(
            "File to write, .svg or .png; kind model also .dot and .mmd (default: MODEL-KIND.svg).",
            valueName: "file"))
    var output: String?

    @Option(
        help: DatasetName.help("Data set to show and measure with (default: the model's)."),
        completion: DatasetName.completion, transform: DatasetName.parse)
    var dataset: DatasetName?

    @Option(help: "Part of the data set (default: test; without a model, train).")
    var split: Dataset.Split?

    @Option(help: "Layer to show, by its name in cognitron summary.")
    var layer: String?

    @Option(
        name: .customLong("class"),
        help: ArgumentHelp(
            "Class to explain, by name or number (default: the predicted one).", valueName: "class"))
    var className: String?

    @Option(
        number: ArgumentHelp("The most pictures, filters, maps, samples or steps.", valueName: "number"))
    var count: Int?

    @Flag(help: "Without a model, leave out damaged files, instead of ending with an error.")
    var skipDamaged = false

    @OptionGroup var data: DataOptions
    @OptionGroup var threads: ThreadOptions

    /// The kinds of plots under what they need.
    private static var kinds: String {
        let width = PlotKind.table.names.map(\.count).max() ?? 0
        var (needs, lines) = ([String](), [String: [String]]())
        for kind in PlotKind.registered {
            if lines[kind.needs] == nil { needs.append(kind.needs) }
            let name = kind.name.padding(toLength: width, withPad: " ", startingAt: 0)
            lines[kind.needs, default: []].append("    \(name)  \(kind.summary)")
        }
        return needs.map { "  \($0):\n\(lines[$0, default: []].joined(separator: "\n"))" }
            .joined(separator: "\n")
    }

    /// The numbers of the pictures where data are drawn without a model; nil with a model.
    private var dataPictures: [String]? {
        guard let model else { return [] }
        let isNumber = Int(model) != nil && !FileManager.default.fileExists(atPath: model)
        return isNumber ? [model] + pictures : nil
    }

    func validate() throws {
        guard let kind else {
            throw ValidationError(
                """
                expected a kind of plot and what it needs, such as cognitron plot curves MODEL.safetensors

                Kinds, by what they need:
                \(Self.kinds)

                """)
        }
        if let pictures = dataPictures {
            guard kind.drawsData else {
                throw ValidationError(
                    "\(kind) needs \(kind.needs): cognitron plot \(kind) MODEL.safetensors")
            }
            guard dataset != nil else {
                throw ValidationError(
                    "expected the file of a model, or a data set to draw without one: "
                        + "cognitron plot \(kind) --dataset shapes-scenes")
            }
            if let word = pictures.first(where: { Int($0) == nil }) {
                throw ValidationError("expected numbers of pictures of the data set, got \(word)")
            }
        }
        if let count, count < 1 { throw ValidationError("--count: expected at least 1, got \(count)") }
        if output == "" { throw ValidationError("--output: expected the name of a file, got none") }
    }

    func run() throws {
        try threads.apply()
        guard let kind else { return }
        if let pictures = dataPictures {
            try draw(kind, pictures.compactMap { Int($0) })
        } else if let model {
            try draw(kind, kind == .model ? ModelFile(orNetwork: model) : ModelFile(model))
        }
    }

    /// Draws data without a model.
    private func draw(_ kind: PlotKind, _ pictures: [Int]) throws {
        guard let dataset else { return }
        let path = output ?? "\(dataset.stem)-\(kind).svg"
        try Plot.requireWritable(path, for: kind)
        let options = DatasetOptions(skipsDamaged: skipDamaged)
        let part = try data.load(try dataset.open(options), split ?? .train)
        try kind.plot(part, samples: pictures, limit: count).write(to: path)
        Output.note("Wrote \(path)")
    }

    private func draw(_ kind: PlotKind, _ file: ModelFile) throws {
        let path = output ?? "\(file.name)-\(kind).svg"
        try Plot.requireWritable(path, for: kind)
        var request = try file.plotRequest(
            history: file.history, data: { try part(file, split) }, training: { try part(file, .train) })
        request.subjects = try pictures.map { try subject($0, file) }
        (request.layer, request.limit) = (layer, count)
        request.classIndex = try className.map { try request.classNames.classIndex($0) }
        try kind.plot(request).write(to: path)
        Output.note("Wrote \(path)")
    }

    private func part(_ file: ModelFile, _ split: Dataset.Split?) throws -> DatasetPart {
        try file.load(try file.dataset(dataset), split ?? .test, data)
    }

    /// A picture of a file in the model's size, or one of the data.
    private func subject(_ word: String, _ file: ModelFile) throws -> Plot.Subject {
        if let number = Int(word), !FileManager.default.fileExists(atPath: word) {
            return try part(file, split).subject(number)
        }
        let input = try PredictionInput(file, files: [word])
        guard let picture = try input.source.batch([0], nil)?.inputs.first?[0] else {
            throw CognitronError(.file, word, "has no picture", expected: "a picture file")
        }
        return Plot.Subject(picture, name: URL(fileURLWithPath: word).lastPathComponent)
    }
}

extension ModelFile {
    /// What plots of the model are made of.
    ///
    /// - Parameters:
    ///   - data: reads the data to show and measure with.
    ///   - training: reads the data that the model was trained on, for plots that train.
    func plotRequest(
        history: @escaping () throws -> History, data: @escaping () throws -> DatasetPart,
        training: @escaping () throws -> DatasetPart
    ) throws -> PlotRequest {
        var request = PlotRequest(
            model, name: name, classNames: task.classNames, history: history, data: data,
            fresh: {
                guard var recipe else {
                    throw CognitronError(
                        .file, path, "does not say how it was trained", expected: "a model of cognitron train"
                    )
                }
                recipe.transfer = nil
                let part = try training()
                let network = try Network(recipe, part, batchSize: recipe.batchSize)
                return (
                    network.model,
                    try DatasetPart(
                        name: part.name, task: part.task, inputShape: part.inputShape,
                        source: try network.source(part))
                )
            })
        request.detector = try detector()
        return request
    }
}
