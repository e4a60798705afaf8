import ArgumentParser
import Cognitron
import CognitronData
import Foundation

/// `cognitron replay`: runs the step again that ended a training with numbers that are not finite.
struct ReplayCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay", abstract: "Repeats the step at which a training failed.",
        usage: "cognitron replay <file> [<options>]",
        discussion: """
            train writes MODEL.flight.json, with the weights before the failed step beside it, when the \
            loss, a gradient or a statistic is not finite.
            """)

    @Argument(help: "File that the training wrote: MODEL.flight.json.")
    var file: String

    @OptionGroup var data: DataOptions
    @OptionGroup var threads: ThreadOptions

    func run() throws {
        try threads.apply()
        let record = try FlightRecord(contentsOf: file)
        guard let text = record.metadata["plan"],
            let plan = try? JSONDecoder().decode(TrainingPlan.self, from: Data(text.utf8))
        else {
            throw CognitronError(
                .file, file, "was not written by cognitron train", expected: "the settings of a training",
                advice: "call FlightRecord.replay in the program that wrote it")
        }
        let recipe = plan.recipe
        var data = data
        data.data = data.data ?? plan.data
        let base = try plan.base
        let parts = try TrainingData(recipe, data, in: plan.folder, from: base)
        let training = try parts.part(.train)
        let network = try Network(
            recipe, training, batchSize: min(recipe.batchSize, training.count), from: base)
        if let failed = record.steps.last {
            let place = "epoch \(failed.epoch), batch \(failed.batch)"
            Output.note(
                record.isOfValidation
                    ? "Validation after step \(failed.step) (\(place)):" : "Step \(failed.step) (\(place)):")
        }
        let source =
            record.isOfValidation
            ? network.source(try parts.part(.test)) : network.trainingSource(training)
        let origin = try record.replay(network.model, source)
        try Output.result(origin?.description ?? "All numbers are finite.")
    }
}
