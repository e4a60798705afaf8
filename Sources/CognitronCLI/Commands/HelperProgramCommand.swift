import ArgumentParser
import Cognitron
import Foundation

/// A command that another program carries out, which lies beside this one and is built apart, for its
/// libraries take minutes.
protocol HelperProgramCommand: ParsableCommand {
    /// The product, and so the file, of the program.
    static var program: String { get }

    /// What follows the command's name.
    var arguments: [String] { get }
}

extension HelperProgramCommand {
    func run() throws {
        let own = Bundle.main.executablePath ?? CommandLine.arguments[0]
        let path = URL(fileURLWithPath: own).deletingLastPathComponent()
            .appendingPathComponent(Self.program).path
        let words = [path, Self.configuration.commandName ?? ""] + arguments
        var pointers = words.map { strdup($0) } + [nil]
        // Returns only where the program cannot be started.
        execv(path, &pointers)
        let reason = String(cString: strerror(errno))
        for pointer in pointers { free(pointer) }
        throw CognitronError(
            .file, path, "cannot be started (\(reason))",
            advice: "build it: swift build -c release --product \(Self.program)")
    }
}
