import Foundation

/// Events in the form that TensorBoard reads: protobuf messages, each framed as a TFRecord.
///
///     record = length (8 bytes) · masked CRC of the length (4) · message · masked CRC of the message (4)
///
/// All numbers are little-endian. Only the fields below are written.
///
/// - Source: TensorFlow `event.proto`, `summary.proto`, `record_writer.h`.
enum EventRecord {
    /// The first record of a file.
    static func version(at time: Double) -> [UInt8] {
        var event = Message()
        event.add(1, time)
        event.add(3, text: "brain.Event:2")
        return framed(event.bytes)
    }

    static func scalar(_ tag: String, _ value: Float, step: Int, at time: Double) -> [UInt8] {
        var entry = Message()
        entry.add(1, text: tag)
        entry.add(2, value)
        return framed(summary(entry, step, time))
    }

    static func histogram(_ tag: String, _ histogram: Histogram, step: Int, at time: Double) -> [UInt8] {
        var message = Message()
        for (field, value) in [
            (1, histogram.least), (2, histogram.greatest), (3, Double(histogram.count)), (4, histogram.sum),
            (5, histogram.sumOfSquares),
        ] { message.add(field, value) }
        message.add(6, packed: histogram.limits)
        message.add(7, packed: histogram.counts.map(Double.init))
        var entry = Message()
        entry.add(1, text: tag)
        entry.add(5, message)
        return framed(summary(entry, step, time))
    }

    /// An event with a summary of one value.
    private static func summary(_ entry: Message, _ step: Int, _ time: Double) -> [UInt8] {
        var summary = Message()
        summary.add(1, entry)
        var event = Message()
        event.add(1, time)
        event.add(2, integer: step)
        event.add(5, summary)
        return event.bytes
    }

    private static func framed(_ message: [UInt8]) -> [UInt8] {
        let length = UInt64(message.count).littleEndianBytes
        return length + CRC32C.masked(length).littleEndianBytes + message
            + CRC32C.masked(message).littleEndianBytes
    }
}

/// A protobuf message while it is written.
///
/// - Source: protobuf.dev, "Encoding".
private struct Message {
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

    mutating func add(_ field: Int, text: String) { add(field, Array(text.utf8)) }
    mutating func add(_ field: Int, _ message: Message) { add(field, message.bytes) }
    mutating func add(_ field: Int, packed values: [Double]) {
        add(field, values.flatMap(\.bitPattern.littleEndianBytes))
    }

    private mutating func add(_ field: Int, _ content: [UInt8]) {
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
    fileprivate var littleEndianBytes: [UInt8] { withUnsafeBytes(of: littleEndian) { Array($0) } }
}
