import ArgumentParser

/// A command on files of models of any framework.
protocol ExchangeProgramCommand: HelperProgramCommand {}

extension ExchangeProgramCommand {
    static var program: String { "cognitron-exchange" }
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
