import ArgumentParser
import Cognitron
import CognitronModels
import CognitronPlots
import CognitronPrediction

/// `cognitron anomalies`: ranks pictures by how badly an autoencoder gives them back.
struct AnomaliesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "anomalies", abstract: "Ranks pictures by how unusual an autoencoder finds them.",
        usage: "cognitron anomalies <model> <pictures> ... [<options>]",
        discussion: """
            A picture's score is the mean squared error with which the model gives it back: small for \
            pictures like those that it was trained on. The largest scores come first. Those above the \
            threshold are anomalies; without --threshold and --normal, pictures are only ranked.

            Examples:
              cognitron train --model conv-autoencoder --dataset folder:good
              cognitron anomalies conv-autoencoder-good.safetensors camera --normal held-out
              cognitron anomalies shoes.safetensors fashion-mnist --count 20
            """)

    @Argument(help: "File of the saved model.", completion: .file())
    var model: String

    @Argument(
        help: "Folders of pictures, with those below them, and picture files; or the name of a data set.",
        completion: .file())
    var pictures: [String]

    @Option(number: "Largest score of a normal picture.")
    var threshold: Float?

    @Option(
        help: ArgumentHelp(
            """
            Folder of normal pictures that the model was not trained on, or a data set: the threshold is a \
            quantile of their scores.
            """, valueName: "folder"), completion: .directory)
    var normal: String?

    @Option(
        number: ArgumentHelp(
            "Share of the normal pictures that lie below the threshold (default: 0.95).", valueName: "share"))
    var quantile: Double?

    @Option(number: ArgumentHelp("The most pictures to show (default: all).", valueName: "number"))
    var count: Int?

    @Option(help: "Form of the results: text for people, json or csv for programs.")
    var format: ResultFormat = .text

    @Option(
        help: ArgumentHelp(
            "File for the results, or - for standard output (default: standard output).", valueName: "file"),
        completion: .file())
    var output: String?

    @Flag(help: "Leave out damaged files, with a warning, instead of ending with an error.")
    var skipDamaged = false

    @OptionGroup var data: DataOptions
    @OptionGroup var threads: ThreadOptions

    func validate() throws {
        if let threshold, !(threshold >= 0) {
            throw ValidationError("--threshold: expected a number of at least 0, got \(threshold)")
        }
        if let quantile, !(0...1).contains(quantile) {
            throw ValidationError("--quantile: expected a number from 0 to 1, got \(quantile)")
        }
        guard normal == nil || threshold == nil else {
            throw ValidationError("--threshold: does not go with --normal, which gives one")
        }
        guard normal != nil || quantile == nil else {
            throw ValidationError("--quantile: expected normal pictures with it, in --normal")
        }
        if let count, count < 1 { throw ValidationError("--count: expected at least 1, got \(count)") }
        if output == "" { throw ValidationError("--output: expected a name, got none") }
    }

    func run() throws {
        try threads.apply()
        let file = try ModelFile(model)
        guard file.isAutoencoder else {
            throw CognitronError(
                .argument, file.path, "is no autoencoder", expected: "a model that gives back its pictures",
                got: "one for \(file.task.name)",
                advice: "train one, such as cognitron train --model conv-autoencoder")
        }
        let ranking = try AnomalyRanking(
            detector(file), try input(file, pictures, ofAllClasses: true), knownClasses: file.task.classNames)
        let shown = ranking.entries.prefix(count ?? .max)
        try format.write(
            shown.map(ranking.row), lines: ranking.summary + shown.map(ranking.line), to: output)
    }

    private func detector(_ file: ModelFile) throws -> AnomalyDetector {
        guard let normal else {
            return try AnomalyDetector(file.model, threshold: threshold ?? .infinity)
        }
        return try AnomalyDetector(
            file.model, normal: input(file, [normal], ofAllClasses: false).source, quantile: quantile ?? 0.95)
    }

    private func input(
        _ file: ModelFile, _ places: [String], ofAllClasses: Bool
    ) throws -> PredictionInput {
        try PredictionInput(
            file, places: places, data, ofAllClasses: ofAllClasses, skipsDamaged: skipDamaged)
    }
}
