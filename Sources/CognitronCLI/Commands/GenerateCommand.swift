import ArgumentParser
import Cognitron
import CognitronData
import CognitronImages
import CognitronPrediction
import CognitronText

/// `cognitron generate`: pictures that a saved generator makes of noise, or texts that a language model goes on
/// with.
struct GenerateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "generate", abstract: "Makes pictures with a saved generator, or goes on with a text.",
        usage: "cognitron generate <model> [<options>]",
        discussion: """
            The model is one such as gan, dcgan or cgan, or another with a decoder of noise. Pictures depend \
            on the seed and their number only. Of a generator that can be asked for a class, the rows of the \
            sheet are the classes unless one is named.

            Examples:
              cognitron generate dcgan-fashion-mnist.safetensors --count 100 --output sheet.png
              cognitron generate cgan-fashion-mnist.safetensors --class Bag --pictures bags
              cognitron generate gpt-book.safetensors --prompt "In the" --length 200 --temperature 0.8

            Of a language model such as char-lm or gpt the text follows a prompt; the options of pictures do \
            not count.
            """)

    @Argument(help: "File of the saved model.", completion: .file())
    var model: String

    @Option(number: "Number of pictures.")
    var count = 64

    @Option(
        name: .customLong("class"),
        help: ArgumentHelp("Class of the pictures, by name or number (default: all).", valueName: "class"))
    var className: String?

    @Option(
        help: ArgumentHelp(
            "File for the sheet, .png, .jpg or .webp (default: MODEL-samples.png).", valueName: "file"),
        completion: .file())
    var output: String?

    @Option(number: "Rows of the sheet (default: a row for each class, or as many as columns).")
    var rows: Int?

    @Option(
        help: ArgumentHelp("Folder in which each picture is also written as a file.", valueName: "dir"),
        completion: .directory)
    var pictures: String?

    @Option(help: ArgumentHelp("Text that a language model goes on with.", valueName: "text"))
    var prompt: String?

    @Option(number: "Tokens of the text.")
    var length = 200

    @Option(number: "Boldness of the text: 0 takes the likeliest tokens, above 1 unlikely ones get likelier.")
    var temperature: Float = 1

    @Option(number: "Number of the likeliest tokens that are drawn from (default: all).")
    var topK: Int?

    @Option(number: "Probability of the likeliest tokens that are drawn from, together (default: all).")
    var topP: Float?

    @Option(number: "Seed of the noise, or of the draws of a text.")
    var seed: UInt64 = 1

    @OptionGroup var threads: ThreadOptions

    private static let mostPictures = 10_000

    func validate() throws {
        guard (1...Self.mostPictures).contains(count) else {
            throw ValidationError("--count: expected 1 to \(Self.mostPictures), got \(count)")
        }
        if let rows, !(1...count).contains(rows) {
            throw ValidationError("--rows: expected 1 to the number of pictures, \(count), got \(rows)")
        }
        guard length >= 1 else { throw ValidationError("--length: expected at least 1, got \(length)") }
        for (option, value) in [("--output", output), ("--pictures", pictures)] where value == "" {
            throw ValidationError("\(option): expected a name, got none")
        }
    }

    func run() throws {
        try threads.apply()
        let file = try ModelFile(model)
        guard file.task.kind != .language else { return try writeText(file) }
        guard prompt == nil else {
            throw CognitronError(
                .argument, "--prompt", "\(model) is no language model",
                expected: "a model such as char-lm or gpt", advice: "leave it out")
        }
        let generator = try SampleGenerator(of: file.model)
        try generator.requirePictures()
        let path = output ?? "\(file.name)-samples.png"
        try PictureFile.requireWritable(path)
        let (classes, columns) = try arrangement(file, generator)
        let samples = try generator.samples(generator.noise(count, seed: seed), classes: classes)
        try PictureFile.write(Picture(sheetOf: samples, columns: columns), to: path)
        Output.note("Wrote \(path)")
        try writeEach(samples)
    }

    private func writeText(_ file: ModelFile) throws {
        guard let prompt else {
            throw CognitronError(
                .argument, "--prompt", "is missing", expected: "a text that \(model) goes on with",
                advice: "--prompt \"In the\"")
        }
        guard let coding = file.text else {
            throw CognitronError(.model, model, "does not say what its tokens are")
        }
        let sampler = try TokenSampler(temperature: temperature, topK: topK, topP: topP, seed: seed)
        var generator = try TextGenerator(model: file.model, coding: coding, sampler)
        try Output.result(prompt + generator.continuation(of: prompt, length: length))
    }

    /// The class of each picture, and how many pictures a row of the sheet has.
    private func arrangement(
        _ file: ModelFile, _ generator: SampleGenerator
    ) throws -> (classes: [Int], columns: Int) {
        let square = Int(Double(count).squareRoot().rounded(.up))
        let columns = rows.map { (count + $0 - 1) / $0 } ?? square
        guard let classCount = generator.classCount else {
            guard className == nil else {
                throw CognitronError(
                    .argument, "--class", "\(model) cannot be asked for a class",
                    advice: "leave it out, or train a conditional generator such as cgan")
            }
            return ([], columns)
        }
        if let className {
            let known = file.task.classNames
            let names = known.count == classCount ? known : (0..<classCount).map(String.init)
            return (Array(repeating: try names.classIndex(className), count: count), columns)
        }
        let ofEach = rows == nil ? (count + classCount - 1) / classCount : columns
        return ((0..<count).map { $0 / ofEach % classCount }, ofEach)
    }

    private func writeEach(_ samples: Tensor) throws {
        guard let pictures else { return }
        try OutputFolder.make(pictures)
        let digits = String(count).count
        for number in 0..<count {
            let name = String(number + 1)
            let zeros = String(repeating: "0", count: digits - name.count)
            try PictureFile.write(Picture(samples[number]), to: "\(pictures)/\(zeros)\(name).png")
        }
        Output.note("Wrote \(count) pictures into \(pictures)")
    }
}
