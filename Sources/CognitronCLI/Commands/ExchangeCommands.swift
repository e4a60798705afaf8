import ArgumentParser
import Cognitron
import Foundation

/// A command that another program carries out: `cognitron-exchange`, which lies beside this one and is built
/// apart, for its libraries take minutes.
protocol ExchangeProgramCommand: ParsableCommand {
    var arguments: [String] { get }
}

extension ExchangeProgramCommand {
    func run() throws {
        let own = Bundle.main.executablePath ?? CommandLine.arguments[0]
        let path = URL(fileURLWithPath: own).deletingLastPathComponent()
            .appendingPathComponent("cognitron-exchange").path
        let words = [path, Self.configuration.commandName ?? ""] + arguments
        var pointers = words.map { strdup($0) } + [nil]
        // Returns only where the program cannot be started.
        execv(path, &pointers)
        let reason = String(cString: strerror(errno))
        for pointer in pointers { free(pointer) }
        throw CognitronError(
            .file, path, "cannot be started (\(reason))",
            advice: "build it: swift build -c release --product cognitron-exchange")
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
