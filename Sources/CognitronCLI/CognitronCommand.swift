import ArgumentParser

/// `cognitron`: trains, judges and uses networks from the command line.
@main
struct CognitronCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cognitron", abstract: "Trains and uses neural networks on the processor.",
        discussion: """
            Try: cognitron train --model lenet --dataset shapes
            """,
        version: "0.1.0",
        subcommands: [
            TrainCommand.self, EvaluateCommand.self, PredictCommand.self, SummaryCommand.self,
            DatasetsCommand.self, DoctorCommand.self,
        ])
}
