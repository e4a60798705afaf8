import ArgumentParser
import Cognitron
import CognitronKernels
import Foundation
import Synchronization

/// Prints for the commands. Apart from `fit`'s progress, nothing else writes to standard output.
enum Output {
    /// Prints a command's result.
    ///
    /// - Throws: `ExitCode` 141 where the reader has closed the pipe (`cognitron predict m | head -1`): a
    ///   shell's status of a program ended by SIGPIPE. `CognitronError` where the text cannot be written for
    ///   another reason.
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

    /// Prints the progress of work whose result is a file. If printing fails, the work continues: silently
    /// where the reader has closed the pipe, otherwise with one warning.
    static func note(_ text: String, terminator: String = "\n") {
        guard Ranks.isFirst else { return }
        do {
            try StandardStream.output.write(text + terminator)
        } catch  where !error.isReaderGone && !hasWarned.exchange(true, ordering: .relaxed) {
            warn("standard output cannot be written (\(error.reason)); the work goes on without it")
        } catch {}
    }

    private static let hasWarned = Atomic<Bool>(false)

    /// Prints a line to standard error that somebody has asked for.
    static func answer(_ line: String) { try? StandardStream.errors.write("\(line)\n") }

    /// Prints a line to standard error.
    static func warn(_ line: String) { try? StandardStream.errors.write("Warning: \(line)\n") }
}

extension Output {
    /// Makes writes to closed pipes, and to files beyond the limit of `ulimit -f`, return an error. Must run
    /// before anything is opened.
    static func prepare() {
        signal(SIGPIPE, SIG_IGN)
        signal(SIGXFSZ, SIG_IGN)
        // If the caller has closed a standard stream (`>&-`), the next opened file would get its number, and
        // printed text would go into that file. Opened in the wrong direction, the stream stays unusable.
        for (stream, mode) in [
            (STDIN_FILENO, O_WRONLY), (STDOUT_FILENO, O_RDONLY), (STDERR_FILENO, O_RDONLY),
        ]
        where fcntl(stream, F_GETFD) == -1 {
            _ = open("/dev/null", mode)
        }
    }
}
