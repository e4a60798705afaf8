import ArgumentParser
import Cognitron
import CognitronData
import CognitronImages
import CognitronPrediction
import CognitronText
import Foundation

/// `cognitron translate`: makes texts of texts, or pictures of pictures, with a saved model.
struct TranslateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "translate", abstract: "Makes texts of texts, or pictures of pictures.",
        usage: "cognitron translate <model> <texts or pictures> ... [<options>]",
        discussion: """
            For models whose answer to a text is another one, such as seq2seq, or to a picture, such as \
            pix2pix. Each text gives one line. Pictures are resized for the model as in its training, and the \
            results have the size of the model's.

            Examples:
              cognitron translate seq2seq-dates.safetensors "12 March 1998"
              cognitron translate pix2pix-shapes-edges.safetensors edges.png --output shape.png
              cognitron translate pix2pix-shapes-edges.safetensors drawings/*.png --output shapes
            """)

    @Argument(help: "File of the saved model.", completion: .file())
    var model: String

    @Argument(help: "Texts, or files of pictures.", completion: .file())
    var pictures: [String]

    @Option(number: "How many texts are followed side by side in search of the likeliest.")
    var beam = 1

    @Option(
        help: ArgumentHelp(
            "File for the result, or a folder for all (default: NAME.out.png in this folder).",
            valueName: "path"), completion: .file())
    var output: String?

    @Flag(
        help: """
            As the authors of pix2pix do it: with dropout and the statistics of each picture itself, so that \
            each run gives another result.
            """)
    var dropout = false

    @OptionGroup var threads: ThreadOptions

    func validate() throws {
        if output == "" { throw ValidationError("--output: expected a name, got none") }
        guard beam >= 1 else { throw ValidationError("--beam: expected at least 1, got \(beam)") }
    }

    func run() throws {
        try threads.apply()
        let file = try ModelFile(model)
        guard file.task.kind != .text else { return try translateTexts(try file.translator(beam: beam)) }
        let (network, shape) = try Self.network(of: file)
        let results = try TranslationResults(output, of: pictures)
        let source = try PictureSource(pictures, shape: shape, framing: file.framing)
        // The statistics of a picture itself are those of a batch of one.
        let size = dropout ? 1 : 32
        for start in stride(from: 0, to: pictures.count, by: size) {
            let places = Array(start..<min(start + size, pictures.count))
            guard let batch = try source.batch(places, nil) else { continue }
            let made =
                dropout
                ? network.forward(batch.inputs[0], .training).output : try network.predict(batch.inputs[0])
            for (row, place) in places.enumerated() {
                try PictureFile.write(Picture(made[row]), to: results.paths[place])
                try Output.result("\(pictures[place])  \(results.paths[place])")
            }
        }
    }

    private func translateTexts(_ translator: Translator) throws {
        for (option, isGiven) in [("--output", output != nil), ("--dropout", dropout)] where isGiven {
            throw CognitronError(
                .argument, option, "is for pictures, and the model writes texts", advice: "leave it out")
        }
        for text in pictures { try Output.result(try translator.texts(for: [text])[0]) }
    }

    /// The network of a file that makes pictures, and the shape of those that it takes.
    ///
    /// - Throws: `CognitronError` where it makes none, or not of one picture.
    private static func network(of file: ModelFile) throws -> (Model, Shape) {
        let network = file.answering
        guard file.answers.kind == .pictures, network.outputCount == 1,
            let input = network.inputShape, let output = network.outputShape, input.rank == 3,
            output.rank == 3, PictureChannels(count: output[2]) != nil
        else {
            throw CognitronError(
                .argument, file.path, "makes no pictures of pictures",
                expected: "a model whose output is a picture, such as pix2pix", got: file.answers.name,
                advice: "cognitron predict shows its answers")
        }
        return (network, input)
    }
}

/// The files of translated pictures.
private struct TranslationResults {
    let paths: [String]

    /// - Parameter output: a file for one picture, or a folder, which is made if it is missing; nil for the
    ///   current folder.
    /// - Throws: `CognitronError` where two pictures would have the same file, or the folder cannot be made.
    init(_ output: String?, of pictures: [String]) throws {
        let stems = pictures.map { URL(fileURLWithPath: $0).deletingPathExtension().lastPathComponent }
        guard let output else {
            paths = stems.map { "\($0).out.png" }
            try requireDifferent(pictures)
            return
        }
        var isFolder: ObjCBool = false
        let exists = FileManager.default.fileExists(atPath: output, isDirectory: &isFolder)
        if PictureFormat(ending: output) != nil, !isFolder.boolValue {
            guard pictures.count == 1 else {
                throw CognitronError(
                    .argument, "--output", "names one file",
                    expected: "a folder for \(pictures.count) pictures",
                    got: output)
            }
            paths = [output]
            return
        }
        guard !exists || isFolder.boolValue else {
            throw CognitronError(
                .argument, "--output", "is no folder, and does not say which format to write",
                expected: "a folder, or a name ending in .png, .jpg or .webp", got: output)
        }
        paths = stems.map { "\(output)/\($0).png" }
        try requireDifferent(pictures)
        try OutputFolder.make(output)
    }

    private func requireDifferent(_ pictures: [String]) throws {
        let places = Dictionary(grouping: paths.indices) { paths[$0] }
        guard
            let same = places.values.filter({ $0.count > 1 }).map({ $0.sorted() }).min(by: { $0[0] < $1[0] })
        else { return }
        throw CognitronError(
            .argument, "translate", "two pictures would be written to \(paths[same[0]])",
            expected: "pictures with different names", got: "\(pictures[same[0]]) and \(pictures[same[1]])",
            advice: "translate them one after the other, with --output")
    }
}
