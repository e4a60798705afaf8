import CArchive
import Foundation

/// A folder of its own for one test, removed with the value.
final class TemporaryFolder {
    let path: String

    init() throws {
        path =
            FileManager.default.temporaryDirectory.appendingPathComponent("cognitron-\(UUID().uuidString)")
            .path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    var names: [String] { ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted() }

    /// The path of `name`, whose folders are made.
    func file(_ name: String) throws -> String {
        let url = URL(fileURLWithPath: path).appendingPathComponent(name)
        try FileManager.default.createDirectory(
            at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        return url.path
    }

    @discardableResult
    func write(_ bytes: [UInt8], _ name: String) throws -> String {
        let path = try file(name)
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        return path
    }

    @discardableResult
    func writeGzip(_ bytes: [UInt8], _ name: String) throws -> String {
        let path = try file(name)
        pack([("data", bytes)], into: path, archive_write_set_format_raw)
        return path
    }

    @discardableResult
    func writeTarGzip(_ entries: [(name: String, bytes: [UInt8])], _ name: String) throws -> String {
        let path = try file(name)
        pack(entries, into: path, archive_write_set_format_pax_restricted)
        return path
    }

    private func pack(
        _ entries: [(name: String, bytes: [UInt8])], into path: String, _ setFormat: (OpaquePointer?) -> Int32
    ) {
        let archive = archive_write_new()
        archive_write_add_filter_gzip(archive)
        _ = setFormat(archive)
        archive_write_open_filename(archive, path)
        for (name, bytes) in entries {
            let entry = archive_entry_new()
            archive_entry_set_pathname(entry, name)
            archive_entry_set_size(entry, Int64(bytes.count))
            archive_entry_set_filetype(entry, 0o100000)
            archive_entry_set_perm(entry, 0o644)
            archive_write_header(archive, entry)
            archive_write_data(archive, bytes, bytes.count)
            archive_entry_free(entry)
        }
        archive_write_free(archive)
    }
}

func read(_ path: String) throws -> [UInt8] { [UInt8](try Data(contentsOf: URL(fileURLWithPath: path))) }
