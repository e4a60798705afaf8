import Foundation

/// Files of named tensors in Hugging Face's safetensors format: a length, a JSON header with every tensor's place, and
/// the numbers.
///
///     try Safetensors(tensors: ["kernel": kernel], metadata: ["author": "Ada"]).write(to: "weights.safetensors")
///     let file = try Safetensors(contentsOf: "weights.safetensors")
///
/// Only 32-bit floats are read and written.
///
/// - Source: the safetensors format description, version 0.4.
public struct Safetensors: Sendable {
    public var tensors: [String: Tensor]
    public var metadata: [String: String]

    public init(tensors: [String: Tensor], metadata: [String: String] = [:]) {
        self.tensors = tensors
        self.metadata = metadata
    }

    /// Where a tensor lies in a file: its type, shape, and first and last byte after the header.
    struct Entry: Codable {
        var dtype: String
        var shape: [Int]
        var offsets: [Int]

        private enum CodingKeys: String, CodingKey {
            case dtype, shape
            case offsets = "data_offsets"
        }
    }

    /// The header's values: tensors, and one dictionary of texts.
    enum HeaderValue: Codable {
        case tensor(Entry)
        case metadata([String: String])

        init(from decoder: any Decoder) throws {
            if let entry = try? Entry(from: decoder) {
                self = .tensor(entry)
            } else {
                self = .metadata(try [String: String](from: decoder))
            }
        }

        func encode(to encoder: any Encoder) throws {
            switch self {
            case .tensor(let entry): try entry.encode(to: encoder)
            case .metadata(let texts): try texts.encode(to: encoder)
            }
        }
    }

    static let metadataKey = "__metadata__"
}

// MARK: - Writing

extension Safetensors {
    /// Writes the file under a temporary name beside it and renames it when it is whole: a reader never sees half of
    /// it, and a failure leaves what was there.
    ///
    /// - Throws: `CognitronError` of kind `.file` where `path` is empty or something else than a file, the folder cannot
    ///   be written to, or the disk is full.
    public func write(to path: String) throws {
        let names = tensors.keys.sorted()
        var header: [String: HeaderValue] = metadata.isEmpty ? [:] : [Self.metadataKey: .metadata(metadata)]
        var offset = 0
        for name in names {
            guard let tensor = tensors[name] else { continue }
            let end = offset + tensor.count * 4
            header[name] = .tensor(
                Entry(dtype: "F32", shape: Array(tensor.shape), offsets: [offset, end]))
            offset = end
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        var json = try encoder.encode(header)
        // The numbers start at a multiple of 8 bytes; the format pads with spaces.
        json.append(contentsOf: repeatElement(UInt8(ascii: " "), count: (8 - json.count % 8) % 8))
        try AtomicFile.write(to: path) { file in
            var length = UInt64(json.count).littleEndian
            try withUnsafeBytes(of: &length) { try file.write($0) }
            try json.withUnsafeBytes { try file.write($0) }
            for name in names {
                try tensors[name]?.withUnsafeScalars { try file.write(UnsafeRawBufferPointer($0)) }
            }
        }
    }
}

// MARK: - Reading

extension Safetensors {
    /// The largest header the format allows.
    private static let largestHeader = 100_000_000

    /// Reads a whole file. Nothing in it is trusted: every length and place is checked before it is used.
    ///
    /// - Throws: `CognitronError` of kind `.file` where the file is missing, cannot be read, is truncated, or is not what
    ///   it should be.
    public init(contentsOf path: String) throws {
        if let obstacle = CognitronError.obstacle(toReading: path) { throw obstacle }
        let data: Data
        do {
            data = try Data(contentsOf: URL(fileURLWithPath: path), options: .mappedIfSafe)
        } catch {
            throw CognitronError(.file, path, "cannot be read", advice: "check its permissions")
        }
        let body = try Self.headerRange(data, path)
        let header: [String: HeaderValue]
        do {
            header = try JSONDecoder().decode([String: HeaderValue].self, from: data[body])
        } catch {
            throw Self.corrupt(path, "its header is not that of a safetensors file")
        }
        try self.init(header, data[body.upperBound...], path)
    }

    private static func headerRange(_ data: Data, _ path: String) throws -> Range<Data.Index> {
        guard data.count >= 8 else {
            throw corrupt(path, "too short for a header", got: "\(data.count) bytes")
        }
        let length = data.prefix(8).enumerated().reduce(UInt64(0)) {
            $0 | UInt64($1.element) << (8 * UInt64($1.offset))
        }
        guard length <= UInt64(min(largestHeader, data.count - 8)) else {
            throw corrupt(path, "truncated, or not a safetensors file", got: "\(data.count) bytes")
        }
        return data.startIndex + 8..<data.startIndex + 8 + Int(length)
    }

    private init(_ header: [String: HeaderValue], _ numbers: Data, _ path: String) throws {
        tensors = [:]
        metadata = [:]
        var places: [Range<Int>] = []
        for (name, value) in header {
            switch value {
            case .metadata(let texts):
                guard name == Self.metadataKey else {
                    throw Self.corrupt(path, "\(name) is neither tensor nor metadata")
                }
                metadata = texts
            case .tensor(let entry):
                tensors[name] = try Self.tensor(name, entry, numbers, path)
                places.append(entry.offsets[0]..<entry.offsets[1])
            }
        }
        // Tensors that overlap, and gaps between them, hide something.
        var end = 0
        for place in places.sorted(by: { ($0.lowerBound, $0.upperBound) < ($1.lowerBound, $1.upperBound) }) {
            guard place.lowerBound == end else {
                throw Self.corrupt(path, "its tensors overlap or leave gaps")
            }
            end = place.upperBound
        }
        guard end == numbers.count else {
            throw Self.corrupt(
                path, "its tensors do not fill it", expected: "\(end) bytes of numbers",
                got: "\(numbers.count)")
        }
    }

    private static func tensor(_ name: String, _ entry: Entry, _ numbers: Data, _ path: String) throws
        -> Tensor
    {
        guard entry.dtype == "F32" else {
            throw CognitronError(
                .file, path, "\(name) is of type \(entry.dtype)", expected: "F32", got: entry.dtype,
                advice: "convert the file to 32-bit floats")
        }
        let shape = Shape(entry.shape)
        guard let count = shape.checkedElementCount, count <= Int.max / 4 else {
            throw corrupt(path, "\(name) has the impossible shape \(entry.shape)")
        }
        let bytes = count * 4
        let places = entry.offsets
        guard places.count == 2, places[0] >= 0, places[1] <= numbers.count, places[0] <= places[1],
            places[1] - places[0] == bytes
        else {
            throw corrupt(
                path, "\(name) does not lie within the file, or does not fit its shape \(entry.shape)")
        }
        let tensor = Tensor(uninitialized: shape)
        let start = numbers.startIndex
        _ = numbers[start + places[0]..<start + places[1]].copyBytes(
            to: UnsafeMutableRawBufferPointer(start: tensor.buffer.pointer, count: bytes))
        return tensor
    }

    private static func corrupt(
        _ path: String, _ problem: String, expected: String? = nil, got: String? = nil
    ) -> CognitronError {
        CognitronError(
            .file, path, problem, expected: expected, got: got,
            advice: "the file is damaged: take another copy")
    }
}
