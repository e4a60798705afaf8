import Foundation

extension Safetensors {
    /// Writes the file under a temporary name in the same folder and renames it when it is complete: readers
    /// never see a part of it, and on failure the old file stays.
    ///
    /// - Throws: `CognitronError` of kind `.argument` where a tensor is called `__metadata__` or names and
    ///   metadata exceed the format's 100 MB; of kind `.file` where `path` is empty or not a regular file,
    ///   the folder cannot be written to, or the disk is full.
    public func write(to path: String) throws {
        let names = tensors.keys.sorted()
        let header = try encodedHeader(names, path)
        try AtomicFile.write(to: path) { file in
            var length = UInt64(header.count).littleEndian
            try withUnsafeBytes(of: &length) { try file.write($0) }
            try header.withUnsafeBytes { try file.write($0) }
            for name in names {
                try tensors[name]?.withUnsafeScalars { try file.write(UnsafeRawBufferPointer($0)) }
            }
        }
    }

    /// The header of a file with tensors in the order of `names`.
    private func encodedHeader(_ names: [String], _ path: String) throws -> Data {
        guard tensors[Self.metadataKey] == nil else {
            throw CognitronError(
                .argument, path, "a tensor is called \(Self.metadataKey), the header's key of the metadata",
                advice: "rename the tensor")
        }
        var values: [String: HeaderValue] = metadata.isEmpty ? [:] : [Self.metadataKey: .metadata(metadata)]
        var offset = 0
        for name in names {
            guard let tensor = tensors[name] else { continue }
            let end = offset + tensor.count * MemoryLayout<Float>.size
            values[name] = .tensor(
                Entry(
                    type: StoredNumber.float32.rawValue, shape: Array(tensor.shape), start: offset, end: end))
            offset = end
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        var json = try encoder.encode(values)
        // Pads with spaces, as the format does, so that the numbers start at a multiple of 8 bytes.
        json.append(contentsOf: repeatElement(UInt8(ascii: " "), count: (8 - json.count % 8) % 8))
        guard json.count <= Self.largestHeader else {
            throw CognitronError(
                .argument, path, "names and metadata are too long",
                expected: "at most \(Self.largestHeader) bytes", got: "\(json.count)")
        }
        return json
    }
}

/// The header's values: tensors, and one dictionary of texts.
private enum HeaderValue: Encodable {
    case tensor(Safetensors.Entry)
    case metadata([String: String])

    private enum CodingKeys: String, CodingKey {
        case type = "dtype"
        case shape
        case offsets = "data_offsets"
    }

    func encode(to encoder: any Encoder) throws {
        switch self {
        case .tensor(let entry):
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(entry.type, forKey: .type)
            try container.encode(entry.shape, forKey: .shape)
            try container.encode([entry.start, entry.end], forKey: .offsets)
        case .metadata(let texts): try texts.encode(to: encoder)
        }
    }
}
