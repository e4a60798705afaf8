import ArgumentParser
import Cognitron
import CognitronData
import CognitronImages
import CognitronPrediction
import Foundation

/// `cognitron predict`: a saved model's answers for files, or for samples of a data set.
struct PredictCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "predict", abstract: "Predicts with a saved model.",
        usage: "cognitron predict <model> [<samples> ...] [<options>]",
        discussion: """
            Samples are files of pictures, or a table for a model of tables; or numbers, of samples of the \
            data set that the model was trained on. Pictures are resized for the model. Masks are as large \
            as their pictures, and an overlay lies beside each.

            Examples:
              cognitron predict pets.safetensors a.png b.jpg
              cognitron predict unet-shapes-masks.safetensors a.png --output mask.png
              cognitron predict prices.safetensors new.csv --format csv --output out.csv
              cognitron predict lenet-shapes.safetensors 0 1 2
            """)

    @Argument(help: "File of the saved model.", completion: .file())
    var model: String

    @Argument(
        help: "Files, or numbers of samples, from 0 (default: all samples).", completion: .file())
    var samples: [String] = []

    @Option(
        help: DatasetName.help("Data set of the samples (default: the one the model was trained on)."),
        completion: DatasetName.completion, transform: DatasetName.parse)
    var dataset: DatasetName?

    @Option(help: "Part of the data set.")
    var split: Dataset.Split = .test

    @Option(number: "Number of classes to show for a sample.")
    var top = 3

    @Option(help: "Form of the answers: text for people, json or csv for programs.")
    var format: ResultFormat = .text

    @Option(
        help: ArgumentHelp(
            """
            File for the answers, or - for standard output (default: standard output). The name of a picture \
            is for the answer of one sample that is a picture, such as a mask.
            """, valueName: "file"),
        completion: .file())
    var output: String?

    @Flag(
        inversion: .prefixedNo,
        help: """
            Predict pictures larger than the model's in overlapping tiles, not resized (default: unless the \
            model was trained on files of pictures, which are resized).
            """)
    var tiles: Bool?

    @Option(
        help: ArgumentHelp(
            "Folder for answers that are pictures, such as masks (default: this one).", valueName: "dir"),
        completion: .directory)
    var pictures = "."

    @OptionGroup var data: DataOptions
    @OptionGroup var threads: ThreadOptions

    func validate() throws {
        guard top >= 1 else { throw ValidationError("--top: expected at least 1, got \(top)") }
        for (option, value) in [("--output", output), ("--pictures", pictures)] where value == "" {
            throw ValidationError("\(option): expected a name, got none")
        }
        let numbers = samples.filter { Int($0) != nil }
        guard numbers.isEmpty || numbers.count == samples.count else {
            throw ValidationError(
                "expected either files or numbers of samples, got \(samples.joined(separator: " "))")
        }
    }

    func run() throws {
        try threads.apply()
        let file = try ModelFile(model)
        try file.requireAnswers()
        try requirePictureAnswer(file.answers)
        guard file.task.kind != .segmentation || samples.isEmpty || Int(samples[0]) != nil else {
            let masks = try PictureMasks(file, usesTiles: tiles)
            return try write(
                samples.map { sample in
                    let path = picturePath(of: sample, file.task)
                    let prediction = try masks.prediction(of: sample, top: top, maskPath: path)
                    try prediction.writePicture(to: path)
                    return prediction
                })
        }
        let input = try input(file)
        let batchSize = PredictionBatch.size(for: file.model.inputShape)
        var predictions: [Prediction] = []
        for start in stride(from: 0, to: input.samples.count, by: batchSize) {
            let places = start..<min(start + batchSize, input.samples.count)
            predictions += try predict(file, input, places)
        }
        try write(predictions)
    }

    /// The picture file that the answer goes to; nil where `--output` names none.
    private var outputPicture: String? { output.flatMap { PictureFormat(ending: $0) == nil ? nil : $0 } }

    /// Throws where `--output` names a picture, and the answers are none, or several.
    private func requirePictureAnswer(_ task: DataTask) throws {
        guard let outputPicture else { return }
        let isMask = task.kind == .segmentation
        guard isMask || task.kind == .pictures, samples.count == 1 else {
            throw CognitronError(
                .argument, "--output", "is a picture, but the answers are not one",
                expected: "one sample of a model whose answers are pictures or masks",
                got: (samples.isEmpty ? "all samples" : count(samples.count, "sample", "samples"))
                    + ", \(task.name)")
        }
        guard isMask, PictureFormat(ending: outputPicture) != .png else { return }
        throw CognitronError(
            .argument, "--output", "a mask cannot be written in this format",
            expected: "a name ending in .png",
            got: outputPicture)
    }

    private func picturePath(of sample: String, _ task: DataTask) -> String {
        if let outputPicture { return outputPicture }
        let stem = URL(fileURLWithPath: sample).deletingPathExtension().lastPathComponent
            .replacing(" ", with: "-")
        let ending = task.kind == .segmentation ? "mask" : "out"
        return "\(pictures == "." ? "" : pictures + "/")\(stem).\(ending).png"
    }

    private func input(_ file: ModelFile) throws -> PredictionInput {
        let numbers = samples.compactMap { Int($0) }
        if numbers.isEmpty, !samples.isEmpty { return try PredictionInput(file, files: samples) }
        let dataset = try file.dataset(dataset)
        return try PredictionInput(try file.load(dataset, split, data), "\(dataset)", numbers)
    }

    /// Predicts the samples at some places of the input, and writes the pictures among the answers.
    private func predict(
        _ file: ModelFile, _ input: PredictionInput, _ places: Range<Int>
    ) throws -> [Prediction] {
        guard let batch = try input.source.batch(Array(input.samples[places]), nil) else { return [] }
        let outputs = try file.answering.predict(batch.inputs.map { $0 as any Samples })[0]
        let answers = file.answers
        return try places.enumerated().map { row, place in
            let name = input.names[place]
            let path = picturePath(of: name, answers)
            var prediction = try Prediction(
                name, answers, output: outputs[row],
                truth: input.hasTruth ? batch.targets.first?[row] : nil, top: top, picturePath: path)
            if prediction.isMask, !samples.isEmpty, let mask = prediction.picture {
                prediction.overlay = try Picture(batch.inputs[0][row]).overlaid(by: mask)
            }
            try prediction.writePicture(to: path)
            return prediction
        }
    }

    private func write(_ predictions: [Prediction]) throws {
        try format.write(
            predictions.map(\.row), lines: predictions.map(\.line), to: outputPicture == nil ? output : nil)
    }
}
