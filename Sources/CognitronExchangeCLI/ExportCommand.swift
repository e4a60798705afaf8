import ArgumentParser
import Cognitron
import CognitronExchange

/// `cognitron export`: a model as source.
struct ExportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Writes a small model as one Swift file that needs no package.",
        usage: "cognitron export --swift <model> <output>",
        discussion: """
            Writes OUTPUT.swift and OUTPUT.weights. For networks of dense layers, two-dimensional convolutions \
            and poolings.

            Example:
              cognitron export --swift lenet-shapes.safetensors LeNet.swift
            """)

    @Flag(help: "Write Swift.")
    var swift = false

    @Argument(help: "File of the saved model.", completion: .file())
    var model: String

    @Argument(help: "The file to write, FILE.swift.", completion: .file())
    var output: String

    func validate() throws {
        guard swift else { throw ValidationError("say the language: --swift") }
        guard output.hasSuffix(".swift") else {
            throw ValidationError("expected a name that ends in .swift, got \(output)")
        }
    }

    func run() throws {
        try Model.load(model).export(swift: output)
        try Text.write("Wrote \(output) and \(output.dropLast(6)).weights\n")
    }
}
