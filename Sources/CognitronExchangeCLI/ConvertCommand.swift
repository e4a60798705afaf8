import ArgumentParser
import Cognitron
import CognitronExchange
import CognitronModels
import Foundation

/// `cognitron convert`: writes a model's file in another form.
struct ConvertCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "convert",
        abstract: "Writes a model's file in another form, by the endings of the names.",
        usage: "cognitron convert <input> <output> [--model <model>] [--names <names>]",
        discussion: """
            The forms: \(ExchangeFormats.endings). What the other form cannot hold is said.

            Examples:
              cognitron convert lenet-shapes.safetensors lenet.onnx
              cognitron convert lenet-shapes.safetensors lenet.keras
              cognitron convert resnet50.pt resnet50.safetensors --model resnet50
            """)

    @Argument(help: "The file to read.", completion: .file())
    var input: String

    @Argument(help: "The file to write.", completion: .file())
    var output: String

    @Option(
        help: ArgumentHelp(
            """
            The network that a file of tensors alone is of: a built-in network's name, or a file of a model, \
            whose weights are replaced.
            """, valueName: "model"))
    var model: String?

    @Option(help: "Names and layouts of tensors in .safetensors and .npz: own or pytorch.")
    var names = TensorNames.own

    func run() throws {
        let (source, target) = (try ExchangeFormats.format(of: input), try ExchangeFormats.format(of: output))
        let network = try model.map(Self.network)
        let read = try source.read(input, network)
        let content = try names.renamed(read.content, for: output)
        let notes = try read.notes.map { "\(input): \($0)" } + target.write(content, output)
        for note in notes { try Text.write("Left out: \(note)\n", to: .standardError) }
        try Text.write("Wrote \(output)\n")
    }

    private static func network(_ name: String) throws -> Model {
        if name.contains(".") || name.contains("/") { return try Model.load(name) }
        let network = try ModelName(named: name)
        return try network.make(task: network.exampleTask)
    }
}

/// How tensors are called where a file holds them alone.
enum TensorNames: String, ExpressibleByArgument, CaseIterable {
    case own, pytorch

    /// - Throws: `CognitronError` where the file holds layers too, or there is no model to rename.
    func renamed(_ content: Exchanged.Content, for path: String) throws -> Exchanged.Content {
        guard self == .pytorch else { return content }
        guard path.hasSuffix(".safetensors") || path.hasSuffix(".npz"), case .model(let model) = content
        else {
            throw CognitronError(
                .argument, "--names", "pytorch is for models written to .safetensors or .npz", got: path,
                advice: "leave it out; files .pt have PyTorch's names anyway")
        }
        return .tensors(try model.stateDictionary())
    }
}
