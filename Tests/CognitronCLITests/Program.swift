import Foundation
import Testing

/// A program of this package, run as a user runs it, in a folder of its own.
final class Program {
    struct Result {
        let status: Int32
        let output: String
        let errors: String
    }

    /// Where the program runs and leaves its files. Removed with everything in it.
    let folder = FileManager.default.temporaryDirectory.appending(path: "cognitron-cli-\(UUID().uuidString)")
        .path
    private let executable: String

    /// - Parameter name: of a product, which lies beside the tests.
    init(_ name: String = "cognitron") throws {
        executable = Bundle.main.bundleURL.appending(path: name).path
        try #require(FileManager.default.isExecutableFile(atPath: executable), "no \(executable)")
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    var files: [String] { (try? FileManager.default.contentsOfDirectory(atPath: folder).sorted()) ?? [] }

    func path(_ name: String) -> String { "\(folder)/\(name)" }

    func data(_ name: String) throws -> Data { try Data(contentsOf: URL(fileURLWithPath: path(name))) }

    /// Runs the program to its end.
    func run(_ arguments: String...) throws -> Result { try start(arguments).wait() }

    /// Starts the program; `wait` gives its result.
    ///
    /// - Parameters:
    ///   - extra: what to set in the environment, or with nil to take out of it.
    ///   - output: where standard output goes; nil: to `Result.output`.
    ///   - script: a shell's script that starts the program, which is `"$0" "$@"` there.
    func start(
        _ arguments: [String], environment extra: [String: String?] = [:], output: FileHandle? = nil,
        script: String? = nil
    ) throws -> Running {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: script == nil ? executable : "/bin/sh")
        process.arguments = (script.map { ["-c", $0, executable] } ?? []) + arguments
        process.currentDirectoryURL = URL(fileURLWithPath: folder)
        var environment = ProcessInfo.processInfo.environment
        environment["HOME"] = folder  // no data sets of the user's
        environment["COGNITRON_DATA"] = nil
        environment["XDG_CACHE_HOME"] = nil
        for (name, value) in extra { environment[name] = value }
        process.environment = environment
        return try Running(process, of: self, output)
    }

    final class Running {
        let process: Process
        /// Held because its folder goes with it.
        private let program: Program
        private let paths: [String]

        init(_ process: Process, of program: Program, _ output: FileHandle?) throws {
            (self.process, self.program) = (process, program)
            paths = [program.path(".out"), program.path(".err")]
            for path in paths { _ = FileManager.default.createFile(atPath: path, contents: nil) }
            process.standardOutput = output ?? FileHandle(forWritingAtPath: paths[0])
            process.standardError = FileHandle(forWritingAtPath: paths[1])
            try process.run()
        }

        var output: String { (try? String(contentsOfFile: paths[0], encoding: .utf8)) ?? "" }

        /// Waits until standard error contains `text` or the program has ended.
        func waitForErrors(_ text: String) {
            while process.isRunning,
                (try? String(contentsOfFile: paths[1], encoding: .utf8))?.contains(text) != true
            {
                usleep(20_000)
            }
        }

        /// Waits until the output contains `text` or the program has ended.
        func wait(for text: String) { while process.isRunning, !output.contains(text) { usleep(20_000) } }

        /// Waits for the program's end. One that hangs is killed, which its status shows.
        func wait() -> Result {
            let watchdog = DispatchWorkItem { [identifier = process.processIdentifier] in
                kill(identifier, SIGKILL)
            }
            DispatchQueue.global().asyncAfter(deadline: .now() + 60, execute: watchdog)
            process.waitUntilExit()
            watchdog.cancel()
            let errors = (try? String(contentsOfFile: paths[1], encoding: .utf8)) ?? ""
            let result = Result(status: process.terminationStatus, output: output, errors: errors)
            for path in paths { try? FileManager.default.removeItem(atPath: path) }
            return result
        }
    }
}
