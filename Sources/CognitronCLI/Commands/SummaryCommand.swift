import ArgumentParser
import Cognitron
import CognitronData
import CognitronModels

/// `cognitron summary`: a model's layers, shapes, parameters and cost.
struct SummaryCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "summary",
        abstract: "Shows a model's layers, shapes, parameters and cost.",
        usage: """
            cognitron summary <file>
            cognitron summary [--model <model>] [--dataset <dataset>]
            """)

    @Argument(help: "File of a saved model; without it, a built-in model is shown.")
    var file: String?

    @Option(named: "Built-in model to show (default: vgg-lite).")
    var model: ModelName?

    @Option(named: "Data set whose image shape and classes the built-in model gets.")
    var dataset: Dataset?

    func validate() throws {
        if let file, model != nil || dataset != nil {
            throw ValidationError("--model and --dataset are for built-in models; \(file) is a file")
        }
    }

    func run() throws {
        if let file {
            try Output.result(try ModelFile(file).model.summaryText)
            return
        }
        let model = model ?? .vggLite
        let network = try model.make(inputShape: dataset?.shape, classCount: dataset?.classNames.count ?? 10)
        try Output.result(network.summaryText)
    }
}
