import Foundation
import Testing

@testable import Cognitron

/// A decoded event of one value.
struct Event {
    var time = 0.0
    var step = 0
    var version: String?
    var tag: String?
    var value: Float?
    /// The fields of the histogram.
    var histogram: [Int: [Double]]?
    /// Of a picture: height, width, channels and the file.
    var image: (sizes: [Int], file: [UInt8])?
    /// The nodes of the graph: name, type, inputs.
    var graph: [[String]]?
    /// The fields of a plugin's value.
    var plugin: (name: String, fields: [(field: Int, content: [UInt8])])?

    /// The events of the only file in a folder, or of the newest one.
    static func read(folder: String, isSole: Bool = true) throws -> [Event] {
        let names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
        #expect((names.count == 1 || !isSole) && names.allSatisfy { $0.hasPrefix("events.out.tfevents.") })
        return try read(try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(try #require(names.last))")))
    }

    /// The events of a file, whose checksums must be right.
    static func read(_ data: Data) throws -> [Event] {
        var rest = [UInt8](data)[...]
        var events: [Event] = []
        while !rest.isEmpty {
            let lengthBytes = Array(rest.prefix(8))
            let length = Int(number(lengthBytes))
            let content = Array(rest.dropFirst(12).prefix(length))
            try #require(number(Array(rest.dropFirst(8).prefix(4))) == UInt64(CRC32C.masked(lengthBytes)))
            try #require(
                number(Array(rest.dropFirst(12 + length).prefix(4))) == UInt64(CRC32C.masked(content)))
            events.append(try Event(content))
            rest = rest.dropFirst(16 + length)
        }
        return events
    }

    private init(_ bytes: [UInt8]) throws {
        for (field, content) in try Self.fields(bytes) {
            switch field {
            case 1: time = Double(bitPattern: Self.number(content))
            case 2: step = Int(Self.number(content))
            case 3: version = String(decoding: content, as: UTF8.self)
            case 4: graph = try Self.nodes(content)
            case 5:
                let entry = try #require(try Self.fields(content).first).content
                for (field, content) in try Self.fields(entry) {
                    switch field {
                    case 1: tag = String(decoding: content, as: UTF8.self)
                    case 2: value = Float(bitPattern: UInt32(Self.number(content)))
                    case 4: image = try Self.picture(content)
                    case 5: histogram = try Self.doubles(content)
                    case 9: plugin = try Self.pluginData(content)
                    default: Issue.record("field \(field) of a value")
                    }
                }
            default: Issue.record("field \(field) of an event")
            }
        }
    }

    private static func picture(_ message: [UInt8]) throws -> (sizes: [Int], file: [UInt8]) {
        let fields = try fields(message)
        return (fields.prefix(3).map { Int(number($0.content)) }, try #require(fields.last).content)
    }

    private static func nodes(_ message: [UInt8]) throws -> [[String]] {
        try fields(message).map { node in
            try fields(node.content).filter { $0.field <= 3 }.map {
                String(decoding: $0.content, as: UTF8.self)
            }
        }
    }

    private static func pluginData(
        _ message: [UInt8]
    ) throws -> (name: String, fields: [(field: Int, content: [UInt8])]) {
        let data = try fields(try #require(try fields(message).first).content)
        return (String(decoding: data[0].content, as: UTF8.self), try fields(data[1].content))
    }

    private static func doubles(_ message: [UInt8]) throws -> [Int: [Double]] {
        Dictionary(
            uniqueKeysWithValues: try fields(message).map { field, content in
                (
                    field,
                    stride(from: 0, to: content.count, by: 8).map {
                        Double(bitPattern: number(Array(content[$0..<$0 + 8])))
                    }
                )
            })
    }

    /// The fields of a message; a varint as its eight bytes.
    static func fields(_ bytes: [UInt8]) throws -> [(field: Int, content: [UInt8])] {
        var (offset, result) = (0, [(field: Int, content: [UInt8])]())
        func varint() -> UInt64 {
            var (value, shift) = (UInt64(0), UInt64(0))
            while true {
                defer { (offset, shift) = (offset + 1, shift + 7) }
                value |= UInt64(bytes[offset] & 0x7F) << shift
                if bytes[offset] < 0x80 { return value }
            }
        }
        while offset < bytes.count {
            let key = varint()
            let size: Int
            switch key & 7 {
            case 0:
                let value = varint()
                result.append((Int(key >> 3), (0..<8).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }))
                continue
            case 1: size = 8
            case 2: size = Int(varint())
            case 5: size = 4
            default: throw CognitronError(.file, "event", "wire type \(key & 7)")
            }
            result.append((Int(key >> 3), Array(bytes[offset..<offset + size])))
            offset += size
        }
        return result
    }

    private static func number(_ bytes: [UInt8]) -> UInt64 {
        bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }
}
