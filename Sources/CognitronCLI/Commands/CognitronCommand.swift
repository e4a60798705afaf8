import ArgumentParser
import CognitronData
import CognitronImages
import CognitronModels

/// `cognitron`: trains, evaluates and runs networks from the command line.
@main
struct CognitronCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cognitron", abstract: "Trains and runs neural networks on the CPU.",
        discussion: """
            Start here; it needs no data and takes seconds:

                cognitron train --model lenet --dataset shapes
                cognitron predict lenet-shapes.safetensors 0 1 2
            """,
        version: "0.1.0",
        subcommands: [
            TrainCommand.self, EvaluateCommand.self, PredictCommand.self, DetectCommand.self,
            TranslateCommand.self, ChatCommand.self, GenerateCommand.self, AnomaliesCommand.self,
            SummaryCommand.self, DiffCommand.self, InspectCommand.self, ConvertCommand.self,
            ExportCommand.self, ServeCommand.self, PlotCommand.self, ReplayCommand.self, ModelsCommand.self,
            DatasetsCommand.self,
            DoctorCommand.self,
        ])

    static func main() {
        Output.prepare()
        DatasetScheme.registerPictureSchemes()
        ModelName.registerLayers()
        do {
            let arguments = Array(CommandLine.arguments.dropFirst())
            let expanded = try ConfigurationFile.expanding(arguments, of: TrainCommand.self)
            var command = try parseAsRoot(RecipeName.expanding(expanded))
            try command.run()
        } catch {
            end(error)
        }
    }

    /// Exits as ArgumentParser does, but with a failure if the text of --help cannot be written.
    private static func end(_ error: any Error) -> Never {
        guard exitCode(for: error).isSuccess else { exit(withError: error) }
        do {
            try Output.result(fullMessage(for: error))
        } catch {
            exit(withError: error)
        }
        exit()
    }
}
