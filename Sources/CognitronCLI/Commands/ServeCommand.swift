import ArgumentParser

/// `cognitron serve`: answers requests over HTTP.
struct ServeCommand: HelperProgramCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Serves models over HTTP: pictures, JSON and arrays in, answers out.")

    static let program = "cognitron-serve"

    @Argument(parsing: .captureForPassthrough) var arguments: [String] = []
}
