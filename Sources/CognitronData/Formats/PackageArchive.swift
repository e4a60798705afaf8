// Reads files out of packages by libarchive: .whl and .zip, .tar.gz, and .deb, which is an archive (ar) with
// a compressed tar of the files inside.

import CArchive
import Cognitron

enum PackageArchive {
    /// The files whose paths are wanted.
    ///
    /// - Parameter limit: the most bytes that they may unpack to, all together.
    static func files(
        at path: String, limit: Int = Archive.byteLimit, where isWanted: (_ path: String) -> Bool
    ) throws -> [(path: String, bytes: [UInt8])] {
        let reader = try PackageReader(path)
        guard path.hasSuffix(".deb") else { return try reader.files(limit, isWanted) }
        guard let data = try reader.files(limit, { $0.hasPrefix("data.tar") }).first else {
            throw CognitronError(
                .file, path, "this is no package of Debian", expected: "a member data.tar",
                advice: Archive.damagedAdvice)
        }
        return try PackageReader(data.bytes, path).files(limit, isWanted)
    }
}

extension PackageArchive {
    /// The files of an archive in memory whose paths are wanted.
    static func files(
        in bytes: [UInt8], path: String, where isWanted: (_ path: String) -> Bool
    ) throws -> [DatasetFile] {
        try PackageReader(bytes, path).files(Archive.byteLimit, isWanted).map {
            (CognitronData.path(path, $0.path), $0.bytes)
        }
    }

    /// Unpacks the bytes of a gzip file.
    static func gunzip(_ bytes: [UInt8], path: String, limit: Int = Archive.byteLimit) throws -> [UInt8] {
        let reader = try PackageReader(bytes, path, isRaw: true)
        guard let unpacked = try reader.files(limit, { _ in true }).first else {
            throw CognitronError(.file, path, "the gzip file is empty", advice: Archive.damagedAdvice)
        }
        return unpacked.bytes
    }
}

/// A single pass over an archive of any form.
private final class PackageReader {
    private let archive: OpaquePointer
    private let path: String
    /// The bytes of an archive in memory, which libarchive does not copy.
    private let memory: UnsafeMutableRawBufferPointer?

    init(_ path: String) throws {
        (archive, self.path, memory) = (try Self.make(path), path, nil)
        guard archive_read_open_filename(archive, path, 1 << 16) == ARCHIVE_OK else { throw failure() }
    }

    /// - Parameter isRaw: whether it is one compressed file instead.
    init(_ bytes: [UInt8], _ path: String, isRaw: Bool = false) throws {
        let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: max(1, bytes.count), alignment: 1)
        memory.copyBytes(from: bytes)
        (archive, self.path, self.memory) = (try Self.make(path, isRaw), path, memory)
        guard archive_read_open_memory(archive, memory.baseAddress, bytes.count) == ARCHIVE_OK else {
            throw failure()
        }
    }

    deinit {
        archive_read_free(archive)
        memory?.deallocate()
    }

    private static func make(_ path: String, _ isRaw: Bool = false) throws -> OpaquePointer {
        guard let archive = archive_read_new() else {
            throw CognitronError(.file, path, "libarchive has no memory to open it")
        }
        archive_read_support_filter_all(archive)
        if isRaw {
            archive_read_support_format_raw(archive)
            return archive
        }
        archive_read_support_format_tar(archive)
        archive_read_support_format_zip(archive)
        archive_read_support_format_ar(archive)
        return archive
    }

    func files(_ limit: Int, _ isWanted: (String) -> Bool) throws -> [(path: String, bytes: [UInt8])] {
        var found: [(path: String, bytes: [UInt8])] = []
        var rest = limit
        while let name = try next() {
            // What is skipped is unpacked too.
            guard archive_filter_bytes(archive, 0) <= 4 * Int64(limit) else {
                throw ArchiveReader.tooLarge(path, limit)
            }
            guard isWanted(name) else { continue }
            let bytes = try contents(rest)
            rest -= bytes.count
            found.append((name, bytes))
        }
        return found
    }

    /// The path of the next file; nil at the end.
    private func next() throws -> String? {
        var entry: OpaquePointer?
        while true {
            switch archive_read_next_header(archive, &entry) {
            case ARCHIVE_OK, ARCHIVE_WARN:
                guard UInt32(archive_entry_filetype(entry)) & 0o170000 == 0o100000 else { continue }
                return archive_entry_pathname(entry).map { String(cString: $0) } ?? ""
            case ARCHIVE_EOF: return nil
            default: throw failure()
            }
        }
    }

    private func contents(_ limit: Int) throws -> [UInt8] {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 18)
        while true {
            let count = chunk.withUnsafeMutableBytes { archive_read_data(archive, $0.baseAddress, $0.count) }
            if count == 0 { return bytes }
            guard count > 0 else { throw failure() }
            guard bytes.count + count <= limit else { throw ArchiveReader.tooLarge(path, limit) }
            bytes.append(contentsOf: chunk[..<count])
        }
    }

    private func failure() -> CognitronError {
        let reason = archive_error_string(archive).map { String(cString: $0) } ?? "unknown form"
        return CognitronError(
            .file, path, "it cannot be unpacked (\(reason))", advice: Archive.damagedAdvice)
    }
}
