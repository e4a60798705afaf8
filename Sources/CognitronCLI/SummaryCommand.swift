import ArgumentParser
import Cognitron
import CognitronData
import CognitronModels

/// `cognitron summary`: a model's layers, shapes, parameters and cost.
struct SummaryCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "summary",
        abstract: "Shows a model's layers, output shapes, parameters and multiply-adds.",
        usage: """
            cognitron summary <file>
            cognitron summary [--model <model>] [--dataset <dataset>]
            """)

    @Argument(help: "A saved model's file; leave it out to see one of the built-in models.")
    var file: String?

    @Option(help: "The built-in model to show (default: vgg-lite).")
    var model: ModelName?

    @Option(help: "The data set whose pictures it would take.")
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
        let shape = dataset.map(model.inputShape)
        let network = try model.make(inputShape: shape, classCount: dataset == .cifar100 ? 100 : 10)
        try Output.result(network.summaryText)
    }
}
