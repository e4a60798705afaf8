import CArchive
import Cognitron

/// Unpacks the deflate streams inside other files, by libarchive.
enum Inflate {
    /// Unpacks a zlib stream (RFC 1950) and compares its checksum.
    ///
    /// libarchive reads gzip files, whose streams are the same between another header and trailer.
    ///
    /// - Parameters:
    ///   - limit: the most bytes that it may unpack to.
    ///   - error: makes an error of words that follow the name of what is read.
    static func zlib(
        _ bytes: [UInt8], limit: Int, _ error: (_ problem: String) -> CognitronError
    ) throws -> [UInt8] {
        guard bytes.count > 6, bytes[0] & 0xF == 8, (Int(bytes[0]) << 8 | Int(bytes[1])) % 31 == 0,
            bytes[1] & 0x20 == 0
        else { throw error("is no zlib stream") }
        let header: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 0xFF]
        let file = header + bytes[2..<bytes.count - 4] + [UInt8](repeating: 0, count: 8)
        let unpacked = try file.withUnsafeBytes { try gzip($0, limit, error) }
        guard adler32(unpacked) == bytes.suffix(4).reduce(0, { $0 << 8 | UInt32($1) }) else {
            throw error("has another checksum than its contents")
        }
        return unpacked
    }

    private static func gzip(
        _ file: UnsafeRawBufferPointer, _ limit: Int, _ error: (_ problem: String) -> CognitronError
    ) throws -> [UInt8] {
        guard let archive = archive_read_new() else { throw error("cannot be unpacked for lack of memory") }
        defer { archive_read_free(archive) }
        // Set, not found out: what is unpacked may itself look like a packed file.
        archive_read_append_filter(archive, ARCHIVE_FILTER_GZIP)
        archive_read_set_format(archive, Int32(ARCHIVE_FORMAT_RAW))
        var entry: OpaquePointer?
        guard archive_read_open_memory(archive, file.baseAddress, file.count) == ARCHIVE_OK,
            archive_read_next_header(archive, &entry) == ARCHIVE_OK
        else { throw error("cannot be unpacked") }
        // One byte more shows what is too long.
        var unpacked = [UInt8](repeating: 0, count: limit + 1)
        var used = 0
        while used <= limit {
            let count = unpacked.withUnsafeMutableBytes {
                archive_read_data(archive, $0.baseAddress?.advanced(by: used), limit + 1 - used)
            }
            if count == 0 { break }
            guard count > 0 else { throw error("cannot be unpacked") }
            used += count
        }
        guard used <= limit else { throw error("unpacks to more than its \(limit) bytes") }
        unpacked.removeLast(limit + 1 - used)
        return unpacked
    }

    /// The checksum of zlib (RFC 1950, section 9).
    private static func adler32(_ bytes: [UInt8]) -> UInt32 {
        var (a, b): (UInt32, UInt32) = (1, 0)
        // 5,552 bytes are the most before the sums exceed 32 bits.
        for start in stride(from: 0, to: bytes.count, by: 5_552) {
            for byte in bytes[start..<min(bytes.count, start + 5_552)] {
                a &+= UInt32(byte)
                b &+= a
            }
            a %= 65_521
            b %= 65_521
        }
        return b << 16 | a
    }
}
