import ArgumentParser
import CognitronExchange
import CognitronKeras
import CognitronONNX

@main
struct ExchangeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cognitron-exchange", abstract: "Converts models between frameworks.")
}
