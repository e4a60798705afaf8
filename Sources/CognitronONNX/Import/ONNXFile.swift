import Cognitron
import CognitronExchange
import Foundation
import SwiftProtobuf

/// An ONNX file: read, but nothing made of it yet.
struct ONNXFile {
    let path: String
    let model: Onnx_ModelProto

    /// The nesting of messages that is read, at most.
    private static let largestDepth = 32

    init(contentsOf path: String) throws {
        if let obstacle = CognitronError.obstacle(toReading: path) { throw obstacle }
        let data: Data
        do { data = try Data(contentsOf: URL(fileURLWithPath: path), options: .mappedIfSafe) } catch {
            throw CognitronError(.file, path, "cannot be read: \(error.localizedDescription)")
        }
        try self.init(data, path: path)
    }

    init(_ data: Data, path: String) throws {
        self.path = path
        try MessageCount.check(data, path)
        var options = BinaryDecodingOptions()
        options.messageDepthLimit = Self.largestDepth
        options.discardUnknownFields = true
        do {
            model = try Onnx_ModelProto(serializedBytes: data, partial: true, options: options)
        } catch {
            throw CognitronError(
                .file, path, "is no ONNX file, or is damaged: \(error)", expected: "a serialized ModelProto")
        }
        guard model.hasGraph else {
            throw CognitronError(.file, path, "holds no graph", expected: "an ONNX model")
        }
    }

    /// The version of ONNX's own operators that the file asks for.
    var opset: Int {
        Int(model.opsetImport.first { $0.domain.isEmpty || $0.domain == "ai.onnx" }?.version ?? 1)
    }

    /// The folder of the file, for external data.
    var folder: String { URL(fileURLWithPath: path).deletingLastPathComponent().path }

    /// What the file holds, for a person.
    var listing: FileListing {
        let graph = model.graph
        var facts: [FileListing.Fact] = [
            .init(
                "producer",
                [model.producerName, model.producerVersion].filter { !$0.isEmpty }.joined(separator: " ")),
            .init("IR version", "\(model.irVersion)"),
        ]
        facts += graph.input.map { .init("input \($0.name)", Self.describe($0)) }
        facts += graph.output.map { .init("output \($0.name)", Self.describe($0)) }
        let counts = Dictionary(grouping: graph.node, by: \.opType).mapValues(\.count)
        facts.append(
            .init(
                "nodes",
                counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { "\($0.value) \($0.key)" }
                    .joined(separator: ", ")))
        facts += model.metadataProps.map { .init($0.key, $0.value) }
        return FileListing(
            format: "ONNX, opset \(opset)", facts: facts,
            tensors: graph.initializer.map { tensor in
                FileListing.Entry(
                    name: tensor.name,
                    type: Onnx_TensorProto.DataType(rawValue: Int(tensor.dataType)).map { "\($0)" }
                        ?? "\(tensor.dataType)",
                    shape: tensor.dims.map { Int($0) })
            })
    }

    private static func describe(_ info: Onnx_ValueInfoProto) -> String {
        let type = info.type.tensorType
        let sizes = type.shape.dim.map { dimension in
            switch dimension.value {
            case .dimValue(let size): "\(size)"
            case .dimParam(let name): name
            case nil: "?"
            }
        }
        let name = ElementType(rawValue: Int(type.elemType))?.name ?? "\(type.elemType)"
        return "\(name) (\(sizes.joined(separator: ", ")))"
    }
}

/// Bounds what a file becomes in memory: a message of two bytes is some two hundred when it is read.
private enum MessageCount {
    /// The messages that a file may hold: as many as it has bytes for, at 32 bytes each, and a million
    /// beside.
    private static func limit(_ bytes: Int) -> Int { bytes / 32 + 1_000_000 }

    /// Counts the length-delimited fields of graphs that are messages, without reading what is in them.
    static func check(_ data: Data, _ path: String) throws {
        let most = limit(data.count)
        var count = 0
        data.withUnsafeBytes { bytes in
            var scanner = Scanner(bytes: bytes, most: most)
            scanner.scan(0..<bytes.count, .model, depth: 0)
            count = scanner.count
        }
        guard count <= most else {
            throw CognitronError(
                .file, path, "holds more parts than its size explains", expected: "at most \(most)",
                got: "more")
        }
    }

    private enum Kind { case model, graph, node, attribute, tensor, information }

    private struct Scanner {
        let bytes: UnsafeRawBufferPointer
        let most: Int
        var count = 0

        mutating func scan(_ range: Range<Int>, _ kind: Kind, depth: Int) {
            var place = range.lowerBound
            while place < range.upperBound, count <= most {
                guard let tag = varint(&place, range.upperBound) else { return }
                switch tag & 7 {
                case 0: guard varint(&place, range.upperBound) != nil else { return }
                case 1: place += 8
                case 5: place += 4
                case 2:
                    guard let length = varint(&place, range.upperBound),
                        length <= UInt64(range.upperBound - place)
                    else { return }
                    let part = place..<place + Int(length)
                    count += 1
                    if depth < 40, let inner = Self.inner(kind, Int(tag >> 3)) {
                        scan(part, inner, depth: depth + 1)
                    }
                    place = part.upperBound
                default: return
                }
            }
        }

        /// The fields that hold messages with messages in them.
        private static func inner(_ kind: Kind, _ field: Int) -> Kind? {
            switch (kind, field) {
            case (.model, 7): .graph
            case (.graph, 1): .node
            case (.graph, 5): .tensor
            case (.graph, 11), (.graph, 12), (.graph, 13): .information
            case (.node, 5): .attribute
            case (.attribute, 5), (.attribute, 10): .tensor
            case (.attribute, 6), (.attribute, 11): .graph
            case (.information, _): .information
            default: nil
            }
        }

        private func varint(_ place: inout Int, _ end: Int) -> UInt64? {
            var (value, shift): (UInt64, UInt64) = (0, 0)
            while place < end, shift < 64 {
                let byte = bytes[place]
                place += 1
                value |= UInt64(byte & 0x7f) << shift
                if byte & 0x80 == 0 { return value }
                shift += 7
            }
            return nil
        }
    }
}
