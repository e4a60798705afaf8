import ArgumentParser
import CognitronKernels
import Foundation

/// Writes texts to standard output and standard error.
enum Text {
    enum Stream {
        case standardOutput, standardError
    }

    /// - Throws: `ExitCode` 141 where the reader has closed the pipe, as a shell's status of a program ended
    ///   by SIGPIPE.
    static func write(_ text: String, to stream: Stream = .standardOutput) throws {
        do {
            try (stream == .standardOutput ? StandardStream.output : .errors).write(text)
        } catch  where error.isReaderGone {
            throw ExitCode(128 + SIGPIPE)
        }
    }
}
