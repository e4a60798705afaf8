import ArgumentParser
import Cognitron

/// `cognitron diff`: where two model files differ.
struct DiffCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff", abstract: "Says where two model files differ.",
        discussion: "Ends with status 0 where they say the same, and 1 where they do not.")

    @Argument(help: "File of a saved model.", completion: .file())
    var first: String

    @Argument(help: "File of the other.", completion: .file())
    var second: String

    func run() throws {
        let difference = try ModelDifference(first, second)
        guard !difference.isEmpty else { return try Output.result("no difference") }
        try Output.result(difference.lines.joined(separator: "\n"))
        throw ExitCode(1)
    }
}
