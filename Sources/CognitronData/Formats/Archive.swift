// Reads .gz, .tar.gz and .zip through libarchive; rejects files that are truncated, of another type, or too
// large when unpacked.

import CArchive
import Cognitron

package enum Archive {
    /// More than any file of the data sets here (Fashion-MNIST's training images: 47 MB, CIFAR-100's: 154
    /// MB).
    package static let byteLimit = 1 << 30

    package static let damagedAdvice = "delete the file and get it again"

    /// Unpacks a gzip file.
    static func gunzip(_ path: String, limit: Int = byteLimit) throws -> [UInt8] {
        let reader = try ArchiveReader(path, form: .gzip)
        guard try reader.nextEntry() != nil else {
            throw CognitronError(.file, path, "the gzip file is empty", advice: damagedAdvice)
        }
        let bytes = try reader.entryBytes(limit: limit)
        try GzipTrailer(ofFileAt: path)?.check(bytes, path)
        return bytes
    }

    /// Returns the files of a .tar.gz whose last path component is one of `names`, by that component.
    ///
    /// - Throws: `CognitronError.file` where one of them is missing.
    static func entries(
        _ names: [String], ofTarAt path: String, limit: Int = byteLimit
    ) throws -> [String: [UInt8]] {
        let reader = try ArchiveReader(path, form: .tarGzip)
        var found: [String: [UInt8]] = [:]
        while found.count < names.count, let entry = try reader.nextEntry() {
            guard entry.size <= limit, reader.bytesUnpacked <= limit else {
                throw ArchiveReader.tooLarge(path, limit)
            }
            let name = lastPathComponent(entry.path)
            if entry.isFile, names.contains(name), found[name] == nil {
                found[name] = try reader.entryBytes(limit: limit)
            }
        }
        if let missing = names.first(where: { found[$0] == nil }) {
            throw CognitronError(
                .file, path, "the archive does not hold \(missing)", expected: names.joined(separator: ", "),
                got: found.isEmpty ? "none of them" : found.keys.sorted().joined(separator: ", "),
                advice: damagedAdvice)
        }
        return found
    }
}

extension Archive {
    /// Returns the files of a zip archive whose paths are wanted, in the archive's order.
    ///
    /// - Parameter limit: the most bytes that they may unpack to, all together.
    package static func entries(
        ofZipAt path: String, limit: Int = byteLimit, where isWanted: (_ path: String) -> Bool
    ) throws -> [(path: String, bytes: [UInt8])] {
        var found: [(path: String, bytes: [UInt8])] = []
        try forEachEntry(ofZipAt: path, limit: limit, where: isWanted) { found.append(($0, $1)) }
        return found
    }

    /// Calls `body` with one after the other, which is then released.
    package static func forEachEntry(
        ofZipAt path: String, limit: Int = byteLimit, where isWanted: (_ path: String) -> Bool,
        _ body: (_ path: String, _ bytes: [UInt8]) throws -> Void
    ) throws {
        let reader = try ArchiveReader(path, form: .zip)
        var rest = limit
        while let entry = try reader.nextEntry() {
            guard entry.isFile, isWanted(entry.path) else { continue }
            let bytes = try reader.entryBytes(limit: rest)
            rest -= bytes.count
            try body(entry.path, bytes)
        }
    }
}

/// A single pass over an archive.
final class ArchiveReader {
    enum Form: Equatable {
        case gzip, tarGzip, zip

        /// What the file begins with, and its name.
        var start: (bytes: [UInt8], name: String) {
            self == .zip ? ([0x50, 0x4B], "zip archive") : ([0x1F, 0x8B], "gzip file")
        }
    }

    struct Entry {
        let path: String
        let size: Int
        let isFile: Bool
    }

    private let archive: OpaquePointer
    private let path: String
    private let form: Form

    init(_ path: String, form: Form) throws {
        let start = try FileBytes.first(4, of: path)
        guard start.starts(with: form.start.bytes) else {
            throw CognitronError(
                .file, path, "this is not a \(form.start.name)",
                expected: "the first bytes \(FileBytes.inWords(form.start.bytes))",
                got: start.isEmpty ? "an empty file" : FileBytes.inWords(start), advice: Archive.damagedAdvice
            )
        }
        guard let archive = archive_read_new() else {
            throw CognitronError(.file, path, "libarchive has no memory to open it")
        }
        (self.archive, self.path, self.form) = (archive, path, form)
        if form != .zip { archive_read_support_filter_gzip(archive) }
        switch form {
        case .gzip: archive_read_support_format_raw(archive)
        case .tarGzip: archive_read_support_format_tar(archive)
        case .zip: archive_read_support_format_zip(archive)
        }
        guard archive_read_open_filename(archive, path, 1 << 16) == ARCHIVE_OK else { throw failure() }
    }

    deinit { archive_read_free(archive) }

    /// Bytes decompressed so far.
    var bytesUnpacked: Int { Int(archive_filter_bytes(archive, 0)) }

    /// Advances to the next entry; nil at the end.
    func nextEntry() throws -> Entry? {
        var entry: OpaquePointer?
        switch archive_read_next_header(archive, &entry) {
        case ARCHIVE_OK, ARCHIVE_WARN:
            // libarchive treats a file truncated within the gzip header as not compressed.
            guard form == .zip || archive_filter_code(archive, 0) == ARCHIVE_FILTER_GZIP else {
                throw CognitronError(
                    .file, path, "its gzip header is damaged", advice: Archive.damagedAdvice)
            }
            let name = archive_entry_pathname(entry).map { String(cString: $0) } ?? ""
            let isFile = UInt32(archive_entry_filetype(entry)) & 0o170000 == 0o100000
            return Entry(path: name, size: Int(archive_entry_size(entry)), isFile: isFile)
        case ARCHIVE_EOF: return nil
        default: throw failure()
        }
    }

    /// The contents of the current entry.
    func entryBytes(limit: Int) throws -> [UInt8] {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 18)
        while true {
            let count = chunk.withUnsafeMutableBytes { archive_read_data(archive, $0.baseAddress, $0.count) }
            if count == 0 { return bytes }
            guard count > 0 else { throw failure() }
            guard bytes.count + count <= limit else { throw Self.tooLarge(path, limit) }
            bytes.append(contentsOf: chunk[..<count])
        }
    }

    static func tooLarge(_ path: String, _ limit: Int) -> CognitronError {
        CognitronError(
            .file, path, "it unpacks to more than a data set holds", expected: "at most \(limit) bytes",
            advice: Archive.damagedAdvice)
    }

    private func failure() -> CognitronError {
        // libarchive gives no reason where the last eight bytes, checksum and size, are missing.
        let reason = archive_error_string(archive).map { String(cString: $0) } ?? "truncated gzip trailer"
        return CognitronError(
            .file, path, "it cannot be unpacked (\(reason))", advice: Archive.damagedAdvice)
    }
}

/// The last eight bytes of a gzip file: checksum and size of its contents (RFC 1952). libarchive does not
/// check them.
private struct GzipTrailer {
    private let checksum: UInt32
    private let size: UInt32

    init?(ofFileAt path: String) throws {
        let tail = try FileBytes.last(8, of: path)
        guard tail.count == 8 else { return nil }
        let word = { (at: Int) in (0..<4).reduce(UInt32(0)) { $0 | UInt32(tail[at + $1]) << UInt32(8 * $1) } }
        (checksum, size) = (word(0), word(4))
    }

    /// Checks the checksum, unless the size differs: a file of several gzip members ends with the last one's
    /// trailer.
    func check(_ bytes: [UInt8], _ path: String) throws {
        guard size == UInt32(truncatingIfNeeded: bytes.count) else { return }
        let received = CRC32.checksum(bytes)
        guard received == checksum else {
            throw CognitronError(
                .file, path, "its contents are damaged", expected: "the checksum \(checksum)",
                got: "\(received)", advice: Archive.damagedAdvice)
        }
    }
}

/// The cyclic redundancy check of gzip (RFC 1952, section 8).
enum CRC32 {
    private static let table: [UInt32] = (0..<256).map { byte in
        (0..<8).reduce(UInt32(byte)) { value, _ in value & 1 == 1 ? 0xEDB8_8320 ^ (value >> 1) : value >> 1 }
    }

    static func checksum(_ bytes: [UInt8]) -> UInt32 {
        table.withUnsafeBufferPointer { table in
            ~bytes.reduce(~UInt32(0)) { table[Int(($0 ^ UInt32($1)) & 0xFF)] ^ ($0 >> 8) }
        }
    }
}
