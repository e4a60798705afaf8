import Foundation

/// A file that is read at places, so that numbers go from the system straight to where they belong.
///
/// Mapping the file instead would end the program where another one cuts the file off meanwhile.
final class InputFile {
    let path: String
    /// In bytes, when it was opened.
    let size: Int
    private let descriptor: Int32

    /// - Throws: `CognitronError` where it is missing, is no regular file, or may not be read.
    init(_ path: String) throws {
        if let obstacle = CognitronError.obstacle(toReading: path) { throw obstacle }
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw CognitronError(.file, path, "cannot be read", advice: "check its permissions")
        }
        var status = stat()
        fstat(descriptor, &status)
        (self.path, size) = (path, Int(status.st_size))
    }

    deinit { close(descriptor) }

    /// Fills the buffer from a place in the file.
    ///
    /// - Throws: `CognitronError` where the file ends before, or cannot be read.
    func read(into buffer: UnsafeMutableRawBufferPointer, at place: Int) throws {
        var done = 0
        while done < buffer.count {
            // Linux reads at most 2 GiB at a time.
            let count = pread(
                descriptor, buffer.baseAddress.map { $0 + done }, min(buffer.count - done, 1 << 30),
                off_t(place + done))
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else {
                throw CognitronError(
                    .file, path, count == 0 ? "was cut off while it was read" : "cannot be read",
                    advice: "take another copy")
            }
            done += count
        }
    }

    func bytes(at place: Int, count: Int) throws -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        try bytes.withUnsafeMutableBytes { try read(into: $0, at: place) }
        return bytes
    }
}
