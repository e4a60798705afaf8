import Foundation

extension Safetensors {
    /// Reads a file. Checks every length and offset before using it.
    ///
    /// - Throws: `CognitronError` of kind `.file` where the file is missing, cannot be read, is truncated or
    ///   invalid; where a tensor's type is not supported; and where an integer is not exactly a `Float`, or
    ///   an F64 exceeds the largest `Float`.
    public init(contentsOf path: String) throws {
        if let obstacle = CognitronError.obstacle(toReading: path) { throw obstacle }
        let data: Data
        do {
            data = try Data(contentsOf: URL(fileURLWithPath: path), options: .mappedIfSafe)
        } catch {
            throw CognitronError(.file, path, "cannot be read", advice: "check its permissions")
        }
        let place = try Self.headerRange(data, path)
        let header = try Header(data[place], path)
        self.init(tensors: [:], metadata: header.metadata)
        let numbers = data[place.upperBound...]
        try Self.checkPlaces(header, numbers, path)
        for (name, entry) in header.entries {
            let (tensor, conversion) = try Self.tensor(name, entry, numbers, path)
            tensors[name] = tensor
            conversions[name] = conversion
        }
    }

    private static func headerRange(_ data: Data, _ path: String) throws -> Range<Data.Index> {
        guard data.count >= 8 else {
            throw CognitronError.damaged(path, "too short for a header", got: "\(data.count) bytes")
        }
        let length = data.prefix(8).enumerated().reduce(UInt64(0)) {
            $0 | UInt64($1.element) << (8 * UInt64($1.offset))
        }
        guard length <= UInt64(min(largestHeader, data.count - 8)) else {
            throw CognitronError.damaged(
                path, "truncated, or not a safetensors file", expected: "a header of \(length) bytes",
                got: "a file of \(data.count)")
        }
        return data.startIndex + 8..<data.startIndex + 8 + Int(length)
    }

    /// Throws where tensors overlap, with which a small file could use up all memory, or leave gaps, which
    /// could hide data.
    private static func checkPlaces(_ header: Header, _ numbers: Data, _ path: String) throws {
        var end = 0
        for (name, entry) in header.entries.sorted(by: { ($0.1.start, $0.1.end) < ($1.1.start, $1.1.end) }) {
            guard entry.start == end, entry.start <= entry.end else {
                throw CognitronError.damaged(
                    path, "tensor \(name.quoted) overlaps another, or there is a gap",
                    expected: "data_offsets from \(end) on", got: "\(entry.start) to \(entry.end)")
            }
            end = entry.end
        }
        guard end == numbers.count else {
            throw CognitronError.damaged(
                path, "its tensors do not fill it", expected: "\(end) bytes of numbers",
                got: "\(numbers.count)")
        }
    }

    private static func tensor(_ name: String, _ entry: Entry, _ numbers: Data, _ path: String) throws
        -> (Tensor, Conversion?)
    {
        guard let type = StoredNumber(rawValue: entry.type) else {
            throw CognitronError(
                .file, path, "tensor \(name.quoted) is of type \(entry.type.quoted)",
                expected: StoredNumber.allCases.map(\.rawValue).joined(separator: ", "), got: entry.type,
                advice: "convert the file to 32-bit floats")
        }
        let shape = Shape(entry.shape)
        guard let count = shape.checkedElementCount, count <= Int.max / type.size,
            entry.end - entry.start == count * type.size
        else {
            throw CognitronError.damaged(
                path, "tensor \(name.quoted) does not fit its shape",
                expected: "\(String(shape.description.prefix(100))) numbers of \(type.rawValue)",
                got: "\(entry.end - entry.start) bytes")
        }
        var tensor = Tensor(uninitialized: shape)
        do {
            let rounded = try tensor.withUnsafeMutableScalars { floats in
                try numbers.withUnsafeBytes {
                    try type.convert(
                        UnsafeRawBufferPointer(rebasing: $0[entry.start..<entry.end]), into: floats)
                }
            }
            return (
                tensor, type == .float32 ? nil : Conversion(storedType: entry.type, roundedCount: rounded)
            )
        } catch let misfit as StoredNumber.Misfit {
            throw CognitronError(
                .file, path, "tensor \(name.quoted), element \(misfit.index): no 32-bit float can hold it",
                expected: type.expectation, got: misfit.number, advice: "leave the tensor out of the file")
        }
    }
}
