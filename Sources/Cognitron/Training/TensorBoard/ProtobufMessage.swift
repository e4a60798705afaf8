/// A protobuf message while it is written.
///
/// - Source: protobuf.dev, "Encoding".
struct ProtobufMessage {
    private(set) var bytes: [UInt8] = []

    private enum WireType: UInt64 { case varint = 0, fixed64 = 1, lengthDelimited = 2, fixed32 = 5 }

    mutating func add(_ field: Int, _ value: Double) {
        addKey(field, .fixed64)
        bytes += value.bitPattern.littleEndianBytes
    }

    mutating func add(_ field: Int, _ value: Float) {
        addKey(field, .fixed32)
        bytes += value.bitPattern.littleEndianBytes
    }

    mutating func add(_ field: Int, integer: Int) {
        addKey(field, .varint)
        addVarint(UInt64(bitPattern: Int64(integer)))
    }

    mutating func add(_ field: Int, flag: Bool) { add(field, integer: flag ? 1 : 0) }
    mutating func add(_ field: Int, text: String) { add(field, Array(text.utf8)) }
    mutating func add(_ field: Int, _ message: ProtobufMessage) { add(field, message.bytes) }
    mutating func add(_ field: Int, packed values: [Double]) {
        add(field, values.flatMap(\.bitPattern.littleEndianBytes))
    }

    mutating func add(_ field: Int, _ content: [UInt8]) {
        addKey(field, .lengthDelimited)
        addVarint(UInt64(content.count))
        bytes += content
    }

    private mutating func addKey(_ field: Int, _ type: WireType) {
        addVarint(UInt64(field) << 3 | type.rawValue)
    }

    private mutating func addVarint(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }
}

extension FixedWidthInteger {
    var littleEndianBytes: [UInt8] { withUnsafeBytes(of: littleEndian) { Array($0) } }
}
