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

    @Argument(help: "File of a saved model; without it, a built-in model is shown.", completion: .file())
    var file: String?

    @Option(named: "Built-in model to show (default: vgg-lite).")
    var model: ModelName?

    @Option(
        help: DatasetName.help("Data set whose samples and targets the built-in model gets."),
        completion: DatasetName.completion, transform: DatasetName.parse)
    var dataset: DatasetName?

    func validate() throws {
        if let file, model != nil || dataset != nil {
            throw ValidationError("--model and --dataset are for built-in models; \(file) is a file")
        }
    }

    func run() throws {
        if let file {
            return try show(try Model.load(file))
        }
        let model = model ?? .vggLite
        let dataset = try dataset?.open()
        let network =
            try dataset.map { try model.make(inputShape: $0.shape, task: $0.task) }
            ?? model.make(task: model.exampleTask)
        try show(network)
    }

    /// Prints the model's table, and those of the models inside it.
    private func show(_ model: Model) throws {
        let inner = model.layers.compactMap { $0 as? Model }
        try Output.result(([model] + inner).map(\.summaryText).joined(separator: "\n\n"))
    }
}
