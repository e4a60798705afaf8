import ArgumentParser
import Cognitron
import CognitronData
import CognitronImages
import CognitronModels

/// `cognitron`: trains, evaluates and runs networks from the command line.
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

    /// Runs the command that the program's arguments say.
    fileprivate static func run() throws {
        Output.prepare()
        DatasetScheme.registerPictureSchemes()
        ModelName.registerLayers()
        let arguments = Array(CommandLine.arguments.dropFirst())
        // Before the options are read, so that a mistake in them is reported once.
        if arguments.first == TrainCommand.configuration.commandName { try Ranks.becomeRank() }
        let expanded = try ConfigurationFile.expanding(arguments, of: TrainCommand.self)
        var command = try parseAsRoot(RecipeName.expanding(expanded))
        try command.run()
    }

    /// Exits as ArgumentParser does, but with a failure if the text of --help cannot be written.
    fileprivate static func end(_ error: any Error) -> Never {
        guard exitCode(for: error).isSuccess else { exit(withError: error) }
        do {
            try Output.result(fullMessage(for: error))
        } catch {
            exit(withError: error)
        }
        exit()
    }
}

/// The command line, as the programs `cognitron` and `cognitron-mpi` run it.
public enum CommandLineProgram {
    /// Runs the command that the program's arguments say; exits where it fails.
    public static func main() {
        do {
            try CognitronCommand.run()
        } catch {
            CognitronCommand.end(error)
        }
    }

    /// Runs the command on one of several ranks, of which only the first prints and saves.
    ///
    /// - Returns: nil where it succeeded, otherwise the exit status and the message for standard error.
    public static func main(on communicator: any Communicator) -> (status: Int32, message: String)? {
        Ranks.communicator = communicator
        do {
            try CognitronCommand.run()
            return nil
        } catch {
            return (CognitronCommand.exitCode(for: error).rawValue, CognitronCommand.fullMessage(for: error))
        }
    }
}
