import ArgumentParser
import Cognitron
import CognitronKernels
import Foundation
import Synchronization

/// Prints for the commands. Apart from the progress of `fit`, nothing else writes to standard output.
enum Output {
    /// Prints what the command was called for.
    ///
    /// - Throws: `ExitCode` 141 where the reader has closed the pipe (`cognitron predict m | head -1`): the
    ///   status that a shell shows of a program that SIGPIPE ended. `CognitronError` where the text cannot be
    ///   written for another reason.
    static func result(_ text: String) throws {
        do {
            try StandardStream.output.write("\(text)\n")
        } catch  where error.isReaderGone {
            throw ExitCode(128 + SIGPIPE)
        } catch {
            throw CognitronError(
                .file, "standard output", "cannot be written (\(error.reason))",
                advice: "check where the output goes")
        }
    }

    /// Prints how work goes whose product is a file. Where that cannot be written, the work goes on: silently
    /// where the reader has closed the pipe, else with one warning.
    static func note(_ text: String, terminator: String = "\n") {
        do {
            try StandardStream.output.write(text + terminator)
        } catch  where !error.isReaderGone && !hasWarned.exchange(true, ordering: .relaxed) {
            warn("standard output cannot be written (\(error.reason)); the work goes on without it")
        } catch {}
    }

    private static let hasWarned = Atomic<Bool>(false)

    /// Prints a line on standard error.
    static func warn(_ line: String) { try? StandardStream.errors.write("Warning: \(line)\n") }
}

extension Output {
    /// Makes writes to closed pipes, and to files beyond the size that `ulimit -f` allows, return an error. To
    /// be called before anything is opened.
    static func prepare() {
        signal(SIGPIPE, SIG_IGN)
        signal(SIGXFSZ, SIG_IGN)
        // Where the caller has closed a standard stream (`>&-`), the next file that is opened would get its
        // number, and what is printed would go into that file. Opened for the wrong direction, the stream stays
        // unusable.
        for (stream, mode) in [
            (STDIN_FILENO, O_WRONLY), (STDOUT_FILENO, O_RDONLY), (STDERR_FILENO, O_RDONLY),
        ]
        where fcntl(stream, F_GETFD) == -1 {
            _ = open("/dev/null", mode)
        }
    }
}
