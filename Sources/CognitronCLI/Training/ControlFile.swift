import Cognitron
import Foundation

/// A file of commands for a running training, read whenever it has changed.
///
///     echo "learning-rate 0.001" > control
struct ControlFile {
    /// A line of the file.
    enum Command: Equatable {
        /// Writes the model's file now.
        case save
        case stopAfterEpoch
        /// Ends the training after the current step.
        case stop
        /// Replaces the schedule's rate from the next step on.
        case learningRate(Float)

        /// What a line may be, for messages.
        static let known = "save, stop-after-epoch, stop, or learning-rate and a number above 0"

        /// Nil for a line that is none of them.
        init?(_ line: some StringProtocol) {
            let words = line.split(whereSeparator: \.isWhitespace)
            switch (words.first, words.count) {
            case ("save", 1): self = .save
            case ("stop-after-epoch", 1): self = .stopAfterEpoch
            case ("stop", 1): self = .stop
            case ("learning-rate", 2):
                guard let rate = Float(words[1]), rate > 0, rate.isFinite else { return nil }
                self = .learningRate(rate)
            default: return nil
            }
        }
    }

    let path: String
    /// The identity of the contents that have been read.
    private var seen: Version?
    private var lastLooked: ContinuousClock.Instant?

    private struct Version: Equatable {
        var file: UInt64
        var bytes: Int
        var seconds: Int
        var nanoseconds: Int
    }

    /// The least time between two checks of the file.
    private static let interval = Duration.seconds(1)
    /// The rest of a longer file is not read.
    private static let maximumBytes = 4096

    /// Throws where no file can be put at the path, since its folder is missing.
    static func requireFolder(_ path: String) throws {
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder), isFolder.boolValue
        else {
            throw CognitronError(
                .file, "--control", "there is no folder for \(path)", expected: "a folder \(folder)",
                advice: "make the folder, or name another file")
        }
        guard !FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) || !isFolder.boolValue
        else {
            throw CognitronError(
                .file, "--control", "\(path) is a folder", expected: "the name of a file",
                advice: "name another file")
        }
    }

    /// What the file contains now, from an earlier training, is not followed.
    init(_ path: String) {
        self.path = path
        seen = Self.version(path)
    }

    /// The lines of the file where it has changed since the last call; empty where not, or where the last
    /// check is less than a second ago.
    mutating func newLines() -> [String] {
        let now = ContinuousClock.now
        if let lastLooked, now - lastLooked < Self.interval { return [] }
        lastLooked = now
        guard let version = Self.version(path), version != seen else { return [] }
        seen = version
        // Another program may have put a pipe in place, whose opening would wait.
        let descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else { return [] }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: Self.maximumBytes)
        let count = read(descriptor, &bytes, bytes.count)
        return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self).split(whereSeparator: \.isNewline)
            .map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty && !$0.hasPrefix("#") }
    }

    /// Nil where there is no such file, or it is a folder, pipe or device.
    private static func version(_ path: String) -> Version? {
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        #if canImport(Darwin)
            let time = status.st_mtimespec
        #else
            let time = status.st_mtim
        #endif
        return Version(
            file: UInt64(status.st_ino), bytes: Int(status.st_size), seconds: time.tv_sec,
            nanoseconds: time.tv_nsec)
    }
}
