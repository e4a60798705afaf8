import CArchive
import Cognitron
import Foundation

/// The arrays of a `.npz` file, by name.
///
///     let arrays = try NumPyArchive(contentsOf: "data.npz")
///     let (x, y) = (try arrays["x"].tensor, try arrays["y"].tensor)
///     try NumPyArchive.write(["x": x, "y": y], to: "copy.npz")
public struct NumPyArchive: Sendable {
    private let path: String
    /// The bytes of each `.npy` file, unpacked.
    private let members: [String: [UInt8]]

    public var names: [String] { members.keys.sorted() }

    /// Reads a `.npz` file, whose arrays must not unpack to more than 1 GiB in total. An array is decoded
    /// when it is asked for.
    ///
    /// - Throws: `CognitronError.file` where the file is no zip archive of arrays.
    public init(contentsOf path: String) throws {
        let entries = try Archive.entries(ofZipAt: path) { $0.hasSuffix(".npy") }
        guard !entries.isEmpty else {
            throw CognitronError(
                .file, path, "the archive holds no arrays", expected: "members NAME.npy", got: "none",
                advice: "save it with numpy.savez")
        }
        self.path = path
        members = Dictionary(
            entries.map { (String($0.path.dropLast(4)), $0.bytes) }, uniquingKeysWith: { _, last in last })
    }

    public subscript(name: String) -> NumPyArray {
        get throws { try NumPyArray(npy: bytes(name), path: "\(path), \(name)") }
    }

    /// The type of an array's elements, as NumPy spells it, and its shape.
    package func form(of name: String) throws -> (type: String, shape: [Int]) {
        let header = try NumPyHeader(try bytes(name), path: "\(path), \(name)")
        return (header.type.rawValue, Array(header.shape))
    }

    /// The bytes of an array's `.npy` file.
    func bytes(_ name: String) throws -> [UInt8] {
        guard let bytes = members[name] else {
            throw CognitronError(
                .file, path, "the archive has no array \(name)",
                expected: "one of \(names.prefix(40).joined(separator: ", "))", got: name)
        }
        return bytes
    }

    /// Writes arrays of float32, stored without compression; complete or not at all.
    public static func write(_ arrays: KeyValuePairs<String, Tensor>, to path: String) throws {
        try write(arrays.map { ($0.key, $0.value) }, to: path)
    }

    /// Writes arrays of float32 in this order.
    package static func write(_ arrays: [(key: String, value: Tensor)], to path: String) throws {
        let members = arrays.map { (path: "\($0.key).npy", bytes: $0.value.numPyBytes) }
        try AtomicFile.write(Data(Archive.zip(members, path)), to: path)
    }
}

extension Archive {
    /// A zip archive of these files, stored.
    package static func zip(_ files: [(path: String, bytes: [UInt8])], _ path: String) throws -> [UInt8] {
        let capacity = files.reduce(1 << 16) { $0 + $1.bytes.count + 2 * $1.path.utf8.count + 1_024 }
        guard let archive = archive_write_new() else {
            throw CognitronError(.file, path, "libarchive has no memory to write it")
        }
        defer { archive_write_free(archive) }
        func check(_ status: Int32) throws {
            guard status < ARCHIVE_OK else { return }
            let reason = archive_error_string(archive).map { String(cString: $0) } ?? "\(status)"
            throw CognitronError(.file, path, "it cannot be packed (\(reason))")
        }
        try check(archive_write_set_format_zip(archive))
        try check(archive_write_zip_set_compression_store(archive))
        var used = 0
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: capacity, alignment: 1)
        defer { buffer.deallocate() }
        return try withUnsafeMutablePointer(to: &used) { used in
            try check(archive_write_open_memory(archive, buffer.baseAddress, capacity, used))
            for file in files {
                let entry = archive_entry_new()
                defer { archive_entry_free(entry) }
                archive_entry_set_pathname(entry, file.path)
                archive_entry_set_size(entry, Int64(file.bytes.count))
                archive_entry_set_filetype(entry, 0o100000)
                archive_entry_set_perm(entry, 0o644)
                try check(archive_write_header(archive, entry))
                _ = archive_write_data(archive, file.bytes, file.bytes.count)
            }
            try check(archive_write_close(archive))
            return Array(buffer[..<used.pointee])
        }
    }
}
