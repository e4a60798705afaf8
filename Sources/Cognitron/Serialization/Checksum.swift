/// A 64-bit checksum of bytes in several pieces. It detects damage, not forgery.
///
/// FNV-1a's scheme over words of eight bytes: each word is combined with the sum so far by xor,
/// multiplication and a shift. The number of bytes is mixed in last.
struct Checksum {
    private var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    private var count: UInt64 = 0

    mutating func add(_ bytes: UnsafeRawBufferPointer) {
        count &+= UInt64(bytes.count)
        var offset = 0
        while offset &+ 8 <= bytes.count {
            mix(UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)))
            offset &+= 8
        }
        while offset < bytes.count {
            mix(UInt64(bytes[offset]))
            offset &+= 1
        }
    }

    mutating func add(_ text: String) {
        var text = text
        text.withUTF8 { add(UnsafeRawBufferPointer($0)) }
    }

    mutating func add(_ tensor: Tensor) { tensor.withUnsafeScalars { add(UnsafeRawBufferPointer($0)) } }

    /// The sum as sixteen hexadecimal digits.
    var text: String {
        var last = self
        last.mix(count)
        let digits = String(last.hash, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }

    private mutating func mix(_ word: UInt64) {
        hash = (hash ^ word) &* 0x9E37_79B9_7F4A_7C15
        hash ^= hash >> 29
    }
}
