// Reads files as bytes; errors name the file.

import Cognitron
import Foundation

package enum FileBytes {
    /// All bytes of a file.
    package static func read(_ path: String, limit: Int = Archive.byteLimit) throws -> [UInt8] {
        try withHandle(path) { handle in
            let size = try handle.seekToEnd()
            guard size <= limit else {
                throw CognitronError(
                    .file, path, "it is larger than a data set's file", expected: "at most \(limit) bytes",
                    got: "\(size)")
            }
            try handle.seek(toOffset: 0)
            return [UInt8](try handle.readToEnd() ?? Data())
        }
    }

    /// All bytes of a file, unpacked if its name ends in .gz.
    static func readUnpacking(_ path: String) throws -> [UInt8] {
        path.hasSuffix(".gz") ? try Archive.gunzip(path) : try read(path)
    }

    /// The first `count` bytes, or all if there are fewer.
    package static func first(_ count: Int, of path: String) throws -> [UInt8] {
        try withHandle(path) { [UInt8](try $0.read(upToCount: count) ?? Data()) }
    }

    /// The last `count` bytes, or all if there are fewer.
    static func last(_ count: Int, of path: String) throws -> [UInt8] {
        try withHandle(path) { handle in
            let end = try handle.seekToEnd()
            try handle.seek(toOffset: end - min(end, UInt64(count)))
            return [UInt8](try handle.readToEnd() ?? Data())
        }
    }

    /// Reads a file of any size in chunks of one megabyte.
    static func forEachChunk(_ path: String, _ body: (Data) throws -> Void) throws {
        try withHandle(path) { handle in
            while let data = try handle.read(upToCount: 1 << 20), !data.isEmpty { try body(data) }
        }
    }

    /// Bytes for an error message: "1F 8B 08 00".
    package static func inWords(_ bytes: some Sequence<UInt8>) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16, uppercase: true) }.joined(separator: " ")
    }

    private static func withHandle<R>(_ path: String, _ body: (FileHandle) throws -> R) throws -> R {
        if let obstacle = CognitronError.obstacle(toReading: path) { throw obstacle }
        do {
            let handle = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
            defer { try? handle.close() }
            return try body(handle)
        } catch let error as CognitronError {
            throw error
        } catch {
            throw CognitronError(
                .file, path, "it cannot be read (\(error.localizedDescription))",
                advice: "check that it exists and may be read")
        }
    }
}

package func lastPathComponent(_ path: String) -> String {
    String(path.split(separator: "/", omittingEmptySubsequences: true).last ?? "")
}

/// The path of `name` in `folder`.
package func path(_ folder: String, _ name: String) -> String {
    folder.hasSuffix("/") ? folder + name : folder + "/" + name
}

/// A file of a data set, unpacked, with its path for messages.
public typealias DatasetFile = (path: String, bytes: [UInt8])
