import Foundation

// Temporary files: `<name>.<13 digits>.part`, locked while they are written. The lock distinguishes a file
// that is being written from the leftover of a killed program, since the system releases a program's locks
// when it ends.

extension AtomicFile {
    private static let ending = ".part"
    /// The digits of the largest `UInt64` in base 36.
    private static let digitCount = 13

    /// Creates and locks a temporary file beside `target`, with a random name: several threads and programs
    /// may write to one path at once, and the last rename wins.
    ///
    /// - Parameter path: the name in errors.
    static func openTemporary(for target: String, _ path: String) throws -> (descriptor: Int32, path: String)
    {
        while true {
            let digits = String(UInt64.random(in: 0 ... .max), radix: 36)
            let padding = String(repeating: "0", count: digitCount - digits.count)
            let name = "\(target).\(padding)\(digits)\(ending)"
            let descriptor = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
            guard descriptor >= 0 else { throw failure(path, "cannot be written") }
            // File systems without locks fail here and in `removeIfUnlocked`, which then keeps all files.
            flock(descriptor, LOCK_EX)
            var status = stat()
            guard fstat(descriptor, &status) == 0 else {
                let error = failure(path, "cannot be written")
                close(descriptor)
                throw error
            }
            if status.st_nlink > 0 { return (descriptor, name) }
            // Another program's cleaning removed the file between its creation and the lock.
            close(descriptor)
        }
    }

    /// Removes the temporary files for `target` that no program is writing.
    static func removeLeftovers(of target: String) {
        let (folder, name) = parts(of: target)
        removeLeftovers(in: folder) { file in
            file.hasPrefix("\(name).")
                && file.dropFirst(name.count + 1).dropLast(ending.count).utf8.count == digitCount
        }
    }

    /// Removes the temporary files of a folder that no program is writing.
    ///
    /// - Parameter isIncluded: selects among the names that end in `.part`.
    static func removeLeftovers(in folder: String, where isIncluded: (String) -> Bool) {
        // A folder that cannot be listed may still be written to; its leftovers stay.
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder) else { return }
        for name in names where name.hasSuffix(ending) && isIncluded(name) {
            removeIfUnlocked("\(folder)/\(name)")
        }
    }

    private static func removeIfUnlocked(_ path: String) {
        let descriptor = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { unlink(path) }
    }

    /// The folder and the name of a file.
    static func parts(of path: String) -> (folder: String, name: Substring) {
        guard let slash = path.lastIndex(of: "/") else { return (".", path[...]) }
        return (slash == path.startIndex ? "/" : String(path[..<slash]), path[path.index(after: slash)...])
    }
}
