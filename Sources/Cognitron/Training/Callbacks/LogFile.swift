import Foundation

/// A file that a training appends lines or records to.
///
/// Its length is state: a training that is resumed from a checkpoint first cuts off the lines that were
/// written after the checkpoint, so that each line is there once. Hence the file is opened at the first line
/// only, after checkpoints have been restored.
struct LogFile {
    private let path: String
    private let append: Bool
    /// The bytes up to the end of the last line; nil before the first.
    private var length: Int?
    /// Whether `begin` has made the file.
    private var isNew = false

    init(_ path: String, append: Bool) {
        self.path = path
        self.append = append
    }

    /// Whether the next line is the first of a file: it is preceded by the header, if the format has one.
    var isEmpty: Bool { length == nil && !(append && existingLength > 0) }

    /// Throws unless the file can be written. Leaves an existing file as it is.
    mutating func begin() throws {
        (length, isNew) = (nil, !FileManager.default.fileExists(atPath: path))
        let descriptor = try openFile()
        close(descriptor)
    }

    /// Removes the file where `begin` has made it and no line has been written.
    mutating func end() {
        if isNew, length == nil { unlink(path) }
        isNew = false
    }

    mutating func write(_ text: String) throws { try write(Array(text.utf8)) }

    mutating func write(_ bytes: [UInt8]) throws {
        let start = length ?? (append ? existingLength : 0)
        guard start <= existingLength || !isRegular else {
            throw CognitronError(
                .file, path, "has lost lines that the checkpoint counts on",
                expected: "at least \(start) bytes", got: "\(existingLength)",
                advice: "put the file back, or resume with another folder of checkpoints")
        }
        let descriptor = try openFile()
        defer { close(descriptor) }
        if isRegular {
            guard ftruncate(descriptor, off_t(start)) == 0, lseek(descriptor, 0, SEEK_END) >= 0 else {
                throw AtomicFile.failure(path, "cannot be written")
            }
        }
        var done = 0
        while done < bytes.count {
            let written = bytes[done...].withUnsafeBytes {
                Foundation.write(descriptor, $0.baseAddress, $0.count)
            }
            if written < 0, errno == EINTR { continue }
            guard written > 0 else { throw AtomicFile.failure(path, "cannot be written") }
            done += written
        }
        length = start + bytes.count
    }

    private func openFile() throws -> Int32 {
        guard !path.isEmpty else { throw CognitronError.withoutName }
        let descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw AtomicFile.failure(path, "cannot be written") }
        return descriptor
    }

    /// Whether lines can be cut off it: false of pipes, terminals and devices, such as /dev/stdout.
    private var isRegular: Bool {
        var status = stat()
        return stat(path, &status) != 0 || status.st_mode & S_IFMT == S_IFREG
    }

    private var existingLength: Int {
        var status = stat()
        return stat(path, &status) == 0 ? Int(status.st_size) : 0
    }
}

extension LogFile: ResumableValue {
    /// Syncs the file: a checkpoint that counts its lines must not survive a loss of power that they do not.
    var state: StateTree {
        guard let length else { return [:] }
        if let descriptor = try? openFile() {
            _ = fsync(descriptor)
            close(descriptor)
        }
        return ["length": .integer(length)]
    }

    mutating func restore(_ state: StateTree) throws { length = try state.getIfPresent("length") }
}
