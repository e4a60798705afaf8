/// The checksum of TFRecords: CRC-32 with Castagnoli's polynomial.
///
/// - Source: RFC 3720, appendix B.4; the mask, TensorFlow `crc32c.h`.
enum CRC32C {
    private static let table: [UInt32] = (0..<256).map { byte in
        // 0x1EDC6F41 with its bits reversed.
        (0..<8).reduce(UInt32(byte)) { sum, _ in sum & 1 == 1 ? sum >> 1 ^ 0x82F6_3B78 : sum >> 1 }
    }

    static func sum(_ bytes: [UInt8]) -> UInt32 {
        ~bytes.reduce(~0) { sum, byte in sum >> 8 ^ table[Int(UInt8(truncatingIfNeeded: sum) ^ byte)] }
    }

    /// A sum that is stored beside what it is the sum of is rotated, so that sums of sums stay independent.
    static func masked(_ bytes: [UInt8]) -> UInt32 {
        let sum = sum(bytes)
        return (sum >> 15 | sum << 17) &+ 0xA282_EAD8
    }
}
