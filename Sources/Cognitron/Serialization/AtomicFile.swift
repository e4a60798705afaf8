import Foundation

/// A file that appears under its name only when it is whole.
package struct AtomicFile {
    private let descriptor: Int32
    private let temporaryPath: String

    /// Gives `body` a file to write under a temporary name in the same folder, then renames it to `path`. Where
    /// anything fails, the temporary file is removed and what was at `path` stays.
    ///
    /// - Throws: `CognitronError` of kind `.file`, or what `body` throws.
    package static func write(to path: String, _ body: (AtomicFile) throws -> Void) throws {
        let temporaryPath = "\(path).\(ProcessInfo.processInfo.processIdentifier).part"
        let descriptor = open(temporaryPath, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw failure(path, "cannot be written") }
        let file = AtomicFile(descriptor: descriptor, temporaryPath: temporaryPath)
        do {
            defer { close(descriptor) }
            try body(file)
            guard fsync(descriptor) == 0 else { throw failure(path, "cannot be written") }
        } catch {
            unlink(temporaryPath)
            throw error
        }
        guard rename(temporaryPath, path) == 0 else {
            let error = failure(path, "cannot be put in place")
            unlink(temporaryPath)
            throw error
        }
    }

    package static func write(_ data: Data, to path: String) throws {
        try write(to: path) { file in try data.withUnsafeBytes { try file.write($0) } }
    }

    package func write(_ bytes: UnsafeRawBufferPointer) throws {
        var rest = bytes
        while let start = rest.baseAddress, !rest.isEmpty {
            let written = Self.systemWrite(descriptor, start, rest.count)
            if written < 0 && errno == EINTR { continue }
            guard written > 0 else { throw Self.failure(temporaryPath, "cannot be written") }
            rest = UnsafeRawBufferPointer(rebasing: rest[written...])
        }
    }

    private static func systemWrite(_ descriptor: Int32, _ start: UnsafeRawPointer, _ count: Int) -> Int {
        // Linux writes at most 2 GiB at a time.
        Foundation.write(descriptor, start, min(count, 1 << 30))
    }

    private static func failure(_ path: String, _ problem: String) -> CognitronError {
        let reason = String(cString: strerror(errno))
        let advice =
            switch errno {
            case ENOENT: "make the folder first"
            case EACCES, EPERM, EROFS: "choose a folder you may write to"
            case ENOSPC, EDQUOT: "free some space"
            default: "check the path"
            }
        return CognitronError(.file, path, "\(problem) (\(reason))", advice: advice)
    }
}
