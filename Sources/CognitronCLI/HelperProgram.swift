import Cognitron
import Foundation

/// Programs that carry out commands of this one. They lie beside it and are built apart, for their libraries
/// take minutes.
enum HelperProgram {
    /// Replaces this program by another, which still goes by this one's name. Returns only by an error.
    ///
    /// - Parameter name: its product, and so its file.
    /// - Throws: `CognitronError` where it cannot be started.
    static func start(_ name: String, _ arguments: [String]) throws {
        let own = Bundle.main.executablePath ?? CommandLine.arguments[0]
        let path = URL(fileURLWithPath: own).deletingLastPathComponent().appendingPathComponent(name).path
        var pointers = ([CommandLine.arguments[0]] + arguments).map { strdup($0) } + [nil]
        execv(path, &pointers)
        let reason = String(cString: strerror(errno))
        for pointer in pointers { free(pointer) }
        throw CognitronError(
            .file, path, "cannot be started (\(reason))",
            advice: "build it: swift build -c release --product \(name)")
    }
}
