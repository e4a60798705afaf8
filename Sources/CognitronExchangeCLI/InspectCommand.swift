import ArgumentParser
import CognitronExchange
import Foundation

/// `cognitron inspect`: what a file holds, without running anything.
struct InspectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect", abstract: "Shows what a file holds, and runs nothing.",
        usage: "cognitron inspect <file>",
        discussion: "The forms: \(ExchangeFormats.endings).")

    @Argument(help: "The file.", completion: .file())
    var file: String

    func run() throws {
        let listing = try ExchangeFormats.format(of: file).list(file)
        try Text.write(listing.text + "\n")
    }
}

extension FileListing {
    /// The facts and a table of the tensors. Long values are cut.
    var text: String {
        let count = tensors.reduce(0) { $0 + $1.shape.reduce(1, *) }
        var lines = [format]
        lines += facts.map { "\($0.name): \(Self.line($0.value))" }
        lines.append("\(tensors.count) tensors, \(count.formatted(.number.grouping(.automatic))) numbers")
        let name = tensors.map(\.name.count).max() ?? 0
        let type = tensors.map(\.type.count).max() ?? 0
        lines += tensors.map {
            "  \(Self.padded(Self.line($0.name), name))  \(Self.padded($0.type, type))  "
                + "(\($0.shape.map(String.init).joined(separator: ", ")))"
        }
        return lines.joined(separator: "\n")
    }

    /// The text on one line without control characters, which a terminal could take as commands.
    private static func line(_ text: String) -> String {
        let plain = String(
            text.unicodeScalars.map { $0.properties.generalCategory == .control ? " " : Character($0) })
        return plain.count > 200 ? "\(plain.prefix(200))… (\(plain.count) characters)" : plain
    }

    private static func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }
}
