import ArgumentParser

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
        try HelperProgram.start(Self.program, [Self.configuration.commandName ?? ""] + arguments)
    }
}
