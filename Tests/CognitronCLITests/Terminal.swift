import Foundation
import Testing

/// A terminal for a program's standard output, of a width that the test sets.
final class Terminal {
    let programsEnd: FileHandle
    private let descriptor: Int32
    private(set) var text = ""

    init(columns: Int) throws {
        descriptor = open("/dev/ptmx", O_RDWR | O_NOCTTY)
        // unlockpt and ptsname, which Glibc does not show to Swift: TIOCSPTLCK and TIOCGPTN.
        var (isLocked, number) = (Int32(0), UInt32(0))
        try #require(ioctl(descriptor, 0x4004_5431, &isLocked) == 0)
        try #require(ioctl(descriptor, 0x8004_5430, &number) == 0)
        let opened = open("/dev/pts/\(number)", O_RDWR | O_NOCTTY | O_CLOEXEC)
        try #require(opened >= 0)
        programsEnd = FileHandle(fileDescriptor: opened, closeOnDealloc: true)
        for end in [descriptor, opened] { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
        resize(columns: columns)
    }

    deinit { close(descriptor) }

    func resize(columns: Int) {
        var size = winsize(ws_row: 24, ws_col: UInt16(columns), ws_xpixel: 0, ws_ypixel: 0)
        _ = ioctl(descriptor, UInt(TIOCSWINSZ), &size)
    }

    /// Reads what has come.
    func read() {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while case let count = Foundation.read(descriptor, &buffer, buffer.count), count > 0 {
            bytes += buffer[..<count]
        }
        text = String(decoding: bytes, as: UTF8.self)
    }

    private var bytes: [UInt8] = []

    /// Reads until the program has ended.
    func read(untilEndOf running: Program.Running) -> Program.Result {
        while running.process.isRunning {
            read()
            usleep(2_000)
        }
        read()
        return running.wait()
    }

    /// The lines and their earlier forms, without colours and movements of the cursor.
    var drawn: [String] {
        text.replacing(/\u{1B}\[[0-9;]*[A-Za-z]/, with: "").split(whereSeparator: \.isNewline)
            .map(String.init)
    }
}
