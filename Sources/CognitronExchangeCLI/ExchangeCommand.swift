import ArgumentParser
import CognitronExchange
import CognitronModels
import Foundation

/// `cognitron-exchange`: what `cognitron convert`, `cognitron inspect` and `cognitron export` start.
@main
struct ExchangeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cognitron", abstract: "Files of models: of Cognitron and of other frameworks.",
        subcommands: [ConvertCommand.self, InspectCommand.self, ExportCommand.self])

    static func main() {
        signal(SIGPIPE, SIG_IGN)
        ModelName.registerLayers()
        do {
            var command = try parseAsRoot()
            try command.run()
        } catch {
            exit(withError: error)
        }
    }
}
