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
        var event = ProtobufMessage()
        event.add(1, time)
        event.add(3, text: "brain.Event:2")
        return framed(event.bytes)
    }

    static func scalar(_ tag: String, _ value: Float, step: Int, at time: Double) -> [UInt8] {
        var entry = ProtobufMessage()
        entry.add(1, text: tag)
        entry.add(2, value)
        return framed(summary(entry, step, time))
    }

    static func histogram(_ tag: String, _ histogram: Histogram, step: Int, at time: Double) -> [UInt8] {
        var message = ProtobufMessage()
        for (field, value) in [
            (1, histogram.least), (2, histogram.greatest), (3, Double(histogram.count)), (4, histogram.sum),
            (5, histogram.sumOfSquares),
        ] { message.add(field, value) }
        message.add(6, packed: histogram.limits)
        message.add(7, packed: histogram.counts.map(Double.init))
        var entry = ProtobufMessage()
        entry.add(1, text: tag)
        entry.add(5, message)
        return framed(summary(entry, step, time))
    }

    /// - Parameter png: the picture as a PNG file.
    static func image(_ tag: String, png: PNGHeader, step: Int, at time: Double) -> [UInt8] {
        var image = ProtobufMessage()
        image.add(1, integer: png.height)
        image.add(2, integer: png.width)
        image.add(3, integer: png.channels)
        image.add(4, png.file)
        var entry = ProtobufMessage()
        entry.add(1, text: tag)
        entry.add(4, image)
        return framed(summary(entry, step, time))
    }

    /// - Parameter graph: a `GraphDef`.
    static func graph(_ graph: ProtobufMessage, at time: Double) -> [UInt8] {
        var event = ProtobufMessage()
        event.add(1, time)
        event.add(4, graph)
        return framed(event.bytes)
    }

    /// A value that belongs to a plugin of TensorBoard alone.
    static func plugin(
        _ name: String, _ tag: String, _ content: ProtobufMessage, at time: Double
    ) -> [UInt8] {
        var (data, metadata, entry) = (ProtobufMessage(), ProtobufMessage(), ProtobufMessage())
        data.add(1, text: name)
        data.add(2, content)
        metadata.add(1, data)
        entry.add(1, text: tag)
        entry.add(9, metadata)
        return framed(summary(entry, 0, time))
    }

    /// An event with a summary of one value.
    private static func summary(_ entry: ProtobufMessage, _ step: Int, _ time: Double) -> [UInt8] {
        var summary = ProtobufMessage()
        summary.add(1, entry)
        var event = ProtobufMessage()
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
