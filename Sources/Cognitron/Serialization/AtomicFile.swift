import Foundation

/// A file that is visible under its name only when it is complete.
package struct AtomicFile {
    private let descriptor: Int32
    /// The path in error messages.
    private let path: String

    /// Gives `body` a file to write under a temporary name in the same folder, then renames it to `path`.
    ///
    /// On failure the temporary file is removed and the file at `path` stays. Temporary files that killed
    /// programs left for this path are removed. Where `path` is a symbolic link, the file that it points to
    /// is replaced. A replaced file's permissions are kept.
    ///
    /// - Throws: `CognitronError` of kind `.file` where `path` is empty, is a folder or a device, or cannot
    ///   be written; or what `body` throws.
    package static func write(to path: String, _ body: (AtomicFile) throws -> Void) throws {
        let target = try target(of: path)
        removeLeftovers(of: target)
        let (descriptor, temporaryPath) = try openTemporary(for: target, path)
        // Held until the file has its name: closing releases the lock.
        defer { close(descriptor) }
        var replaced = stat()
        if stat(target, &replaced) == 0 { fchmod(descriptor, replaced.st_mode & 0o777) }
        let file = AtomicFile(descriptor: descriptor, path: path)
        do {
            try body(file)
            guard fsync(descriptor) == 0 else { throw failure(path, "cannot be written") }
        } catch {
            unlink(temporaryPath)
            throw error
        }
        guard rename(temporaryPath, target) == 0 else {
            let error = failure(path, "cannot be put in place")
            unlink(temporaryPath)
            throw error
        }
        syncFolder(of: target)
    }

    /// Syncs the folder, so that the new name survives a loss of power. Not every file system supports it.
    private static func syncFolder(of path: String) {
        let descriptor = open(parts(of: path).folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        _ = fsync(descriptor)
        close(descriptor)
    }

    /// The path of the file to create or replace, without symbolic links. Rejects devices: renaming would
    /// replace even /dev/null.
    private static func target(of path: String) throws -> String {
        guard !path.isEmpty else { throw CognitronError.withoutName }
        var status = stat()
        guard stat(path, &status) == 0 else {
            guard errno == ENOENT else { throw failure(path, "cannot be written") }
            return path
        }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw CognitronError(
                .file, path, status.st_mode & S_IFMT == S_IFDIR ? "is a folder" : "is not a regular file",
                expected: "the name of a file to make or replace", advice: "choose another name")
        }
        guard let resolved = realpath(path, nil) else { throw failure(path, "cannot be written") }
        defer { free(resolved) }
        return String(cString: resolved)
    }

    /// Writes `data` to a file at `path`.
    package static func write(_ data: Data, to path: String) throws {
        try write(to: path) { file in try data.withUnsafeBytes { try file.write($0) } }
    }

    package func write(_ bytes: UnsafeRawBufferPointer) throws {
        var rest = bytes
        while let start = rest.baseAddress, !rest.isEmpty {
            let written = Self.systemWrite(descriptor, start, rest.count)
            if written < 0 && errno == EINTR { continue }
            guard written > 0 else { throw Self.failure(path, "cannot be written") }
            rest = UnsafeRawBufferPointer(rebasing: rest[written...])
        }
    }

    private static func systemWrite(_ descriptor: Int32, _ start: UnsafeRawPointer, _ count: Int) -> Int {
        // Linux writes at most 2 GiB at a time.
        Foundation.write(descriptor, start, min(count, 1 << 30))
    }

    static func failure(_ path: String, _ problem: String) -> CognitronError {
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

extension CognitronError {
    static let withoutName = CognitronError(.file, "file", "the name is empty", advice: "name a file")

    /// The reason why `path` cannot be read as a file; nil where it can. Called before opening, which would
    /// block on a pipe.
    package static func obstacle(toReading path: String) -> CognitronError? {
        guard !path.isEmpty else { return withoutName }
        var status = stat()
        guard stat(path, &status) == 0 else {
            if errno == ENOENT {
                return CognitronError(.file, path, "there is no such file", advice: "check the path")
            }
            return CognitronError(
                .file, path, "cannot be reached (\(String(cString: strerror(errno))))",
                advice: "check the path, and the permissions of its folders")
        }
        if status.st_mode & S_IFMT == S_IFDIR {
            return CognitronError(.file, path, "is a folder", expected: "a file", advice: "name a file in it")
        }
        guard status.st_mode & S_IFMT == S_IFREG else {
            return CognitronError(.file, path, "is not a regular file", advice: "check the path")
        }
        return nil
    }
}
