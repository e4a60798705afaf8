import Foundation

extension Safetensors {
    /// A tensor in a file: its type, shape, and first and last byte after the header.
    struct Entry {
        var type: String
        var shape: [Int]
        var start: Int
        var end: Int
    }

    /// The contents of a header, with tensors in the header's order.
    struct Header {
        var metadata: [String: String] = [:]
        var entries: [(name: String, entry: Entry)] = []
    }
}

extension Safetensors.Header {
    /// Decodes a header. Accepts what the reference library accepts, except for duplicate keys, which the
    /// format forbids and that library ignores: one of the two values would be lost.
    ///
    /// - Throws: `CognitronError` of kind `.file`.
    init(_ bytes: Data, _ path: String) throws {
        guard bytes.first == UInt8(ascii: "{") else {
            throw CognitronError.damaged(
                path, "its header does not begin with a brace: not a safetensors file")
        }
        // A zero byte is valid UTF-8 but never part of JSON: such a header is UTF-16 or UTF-32.
        guard !bytes.contains(0), String(validating: bytes, as: UTF8.self) != nil else {
            throw CognitronError.damaged(path, "its header is not a text in UTF-8")
        }
        var json = StrictJSON(Array(bytes))
        do {
            try json.object { try read($0, &$1) }
            try json.end()
        } catch let fault as StrictJSON.Fault {
            let place = fault.path.isEmpty ? "" : " at " + fault.path.map(\.quoted).joined(separator: ", ")
            throw CognitronError.damaged(
                path, "its header is invalid" + place, expected: fault.expected, got: fault.received)
        }
    }

    private mutating func read(_ name: String, _ json: inout StrictJSON) throws {
        guard name == Safetensors.metadataKey else {
            return entries.append((name, try Safetensors.Entry(&json)))
        }
        if json.null() { return }
        try json.object { metadata[$0] = try $1.text() }
    }
}

extension Safetensors.Entry {
    fileprivate init(_ json: inout StrictJSON) throws {
        var type: String?
        var (shape, offsets): ([Int]?, [Int]?)
        try json.object { key, json in
            switch key {
            case "dtype": type = try json.text()
            case "shape": shape = try json.wholeNumbers()
            case "data_offsets": offsets = try json.wholeNumbers()
            default: try json.skip()
            }
        }
        guard let type, let shape, let offsets else {
            let missing = [("dtype", type == nil), ("shape", shape == nil), ("data_offsets", offsets == nil)]
            throw StrictJSON.Fault(
                expected: "dtype, shape and data_offsets",
                received: "no " + missing.filter(\.1).map(\.0).joined(separator: ", no "))
        }
        guard offsets.count == 2 else {
            throw StrictJSON.Fault(
                path: ["data_offsets"], expected: "2 numbers", received: "\(offsets.count)")
        }
        self.init(type: type, shape: shape, start: offsets[0], end: offsets[1])
    }
}

extension CognitronError {
    /// The error of a file that no correct program can have written.
    package static func damaged(
        _ path: String, _ problem: String, expected: String? = nil, got: String? = nil
    ) -> CognitronError {
        CognitronError(
            .file, path, problem, expected: expected, got: got,
            advice: "the file is damaged: take another copy")
    }
}

extension String {
    /// The text in messages: in quotes, on one line, at most 100 characters.
    package var quoted: String { count > 100 ? "\(prefix(100))…".debugDescription : debugDescription }
}
