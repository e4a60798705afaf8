import Foundation

extension Safetensors {
    /// Reads a file. Checks every length and offset before using it.
    ///
    /// - Throws: `CognitronError` of kind `.file` where the file is missing, cannot be read, is truncated or
    ///   invalid; where a tensor's type is not supported; and where an integer is not exactly a `Float`, or
    ///   an F64 exceeds the largest `Float`.
    public init(contentsOf path: String) throws {
        let file = try InputFile(path)
        let length = try Self.headerLength(file)
        let header = try Header(Data(try file.bytes(at: 8, count: length)), path)
        self.init(tensors: [:], metadata: header.metadata)
        try Self.checkPlaces(header, numbers: file.size - 8 - length, path)
        for (name, entry) in header.entries {
            let (tensor, conversion) = try Self.tensor(name, entry, file, start: 8 + length)
            tensors[name] = tensor
            conversions[name] = conversion
        }
    }

    private static func headerLength(_ file: InputFile) throws -> Int {
        guard file.size >= 8 else {
            throw CognitronError.damaged(file.path, "too short for a header", got: "\(file.size) bytes")
        }
        let length = try file.bytes(at: 0, count: 8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        guard length <= UInt64(min(largestHeader, file.size - 8)) else {
            throw CognitronError.damaged(
                file.path, "truncated, or not a safetensors file", expected: "a header of \(length) bytes",
                got: "a file of \(file.size)")
        }
        return Int(length)
    }

    /// Throws where tensors overlap, with which a small file could use up all memory, or leave gaps, which
    /// could hide data.
    private static func checkPlaces(_ header: Header, numbers count: Int, _ path: String) throws {
        var end = 0
        for (name, entry) in header.entries.sorted(by: { ($0.1.start, $0.1.end) < ($1.1.start, $1.1.end) }) {
            guard entry.start == end, entry.start <= entry.end else {
                throw CognitronError.damaged(
                    path, "tensor \(name.quoted) overlaps another, or there is a gap",
                    expected: "data_offsets from \(end) on", got: "\(entry.start) to \(entry.end)")
            }
            end = entry.end
        }
        guard end == count else {
            throw CognitronError.damaged(
                path, "its tensors do not fill it", expected: "\(end) bytes of numbers", got: "\(count)")
        }
    }

    /// - Parameter start: the first byte of the numbers in the file.
    private static func tensor(
        _ name: String, _ entry: Entry, _ file: InputFile, start: Int
    ) throws -> (Tensor, Conversion?) {
        let path = file.path
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
            let place = start + entry.start
            let rounded = try tensor.withUnsafeMutableScalars { floats in
                if type == .float32, 1.littleEndian == 1 {
                    try file.read(into: UnsafeMutableRawBufferPointer(floats), at: place)
                    return 0
                }
                return try file.bytes(at: place, count: entry.end - entry.start).withUnsafeBytes {
                    try type.convert($0, into: floats)
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
