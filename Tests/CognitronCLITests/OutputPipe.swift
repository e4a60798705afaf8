import Foundation
import Testing

/// A pipe for a program's standard output, read and closed by the test.
///
/// A named pipe, whose ends are closed on exec from the start: programs that other tests start meanwhile
/// would keep the pipe open.
final class OutputPipe {
    let writeEnd: FileHandle
    private let readEnd: FileHandle
    private var text = ""

    init(in program: Program) throws {
        let path = program.path(".pipe")
        try #require(mkfifo(path, 0o600) == 0)
        // Without O_NONBLOCK it would wait for a writer.
        let reading = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
        let writing = open(path, O_WRONLY | O_CLOEXEC)
        try #require(reading >= 0 && writing >= 0 && unlink(path) == 0)
        #if os(Linux)
            // Full after some 40 lines. Swift does not import F_SETPIPE_SZ.
            _ = fcntl(writing, 1031, 4096)
        #endif
        (readEnd, writeEnd) = (FileHandle(fileDescriptor: reading), FileHandle(fileDescriptor: writing))
    }

    deinit { close() }

    /// Reads until `end` has come, or for at most ten seconds.
    func read(until end: String) {
        var buffer = [UInt8](repeating: 0, count: 4096)
        for _ in 0..<1_000 where !text.contains(end) {
            let count = Foundation.read(readEnd.fileDescriptor, &buffer, buffer.count)
            if count > 0 { text += String(decoding: buffer[..<count], as: UTF8.self) } else { usleep(10_000) }
        }
    }

    /// Closes both ends, as head(1) does when it has read enough; the program's own write end stays.
    func close() {
        try? writeEnd.close()
        try? readEnd.close()
    }
}
