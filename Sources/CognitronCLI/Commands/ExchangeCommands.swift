import ArgumentParser

/// A command that another program carries out: `cognitron-exchange`, which lies beside this one and is built
/// apart, for its libraries take minutes.
protocol ExchangeProgramCommand: ParsableCommand {
    var arguments: [String] { get }
}

extension ExchangeProgramCommand {
    func run() throws {
        try HelperProgram.start("cognitron-exchange", [Self.configuration.commandName ?? ""] + arguments)
    }
}

/// `cognitron convert`: writes a model's file in another form.
struct ConvertCommand: ExchangeProgramCommand {
    static let configuration = CommandConfiguration(
        commandName: "convert",
        abstract: "Writes a model's file in another form: safetensors, PyTorch, Keras, ONNX, NumPy.")

    @Argument(parsing: .captureForPassthrough) var arguments: [String] = []
}

/// `cognitron inspect`: what a file of a model holds.
struct InspectCommand: ExchangeProgramCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect",
        abstract: "Shows what a model's file holds, of any of these forms, and runs nothing.")

    @Argument(parsing: .captureForPassthrough) var arguments: [String] = []
}

/// `cognitron export`: a model as source.
struct ExportCommand: ExchangeProgramCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Writes a small model as one Swift file that needs no package.")

    @Argument(parsing: .captureForPassthrough) var arguments: [String] = []
}
