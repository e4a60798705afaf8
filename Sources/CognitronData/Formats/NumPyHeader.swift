// The header of a .npy file:
//
//     93 "NUMPY"                    6 bytes
//     major and minor version       2 bytes: 1.0, 2.0 or 3.0
//     the length of the header      2 bytes, from version 2 on 4, little-endian
//     the header                    a dictionary in Python's notation, as in
//                                   {'descr': '<f8', 'fortran_order': False, 'shape': (3, 4), }
//
// Source: NumPy, "NEP 1: a simple file format for NumPy arrays".

import Cognitron

struct NumPyHeader {
    var type = NumPyType.float4
    var isBigEndian = false
    var isFortran = false
    var shape: Shape = []
    /// The first byte of the elements.
    var end = 0

    /// NumPy's own limit is 10,000 characters.
    private static let longest = 1 << 16

    /// As many as NumPy's arrays have.
    private static let mostAxes = 64

    init(_ bytes: [UInt8], path: String) throws {
        guard bytes.starts(with: Self.magic), bytes.count >= 12 else {
            throw CognitronError(
                .file, path, "this is not an array of NumPy",
                expected: "the first bytes \(FileBytes.inWords(Self.magic))",
                got: bytes.isEmpty ? "an empty file" : FileBytes.inWords(bytes.prefix(6)),
                advice: "save it with numpy.save")
        }
        guard (1...3).contains(bytes[6]) else {
            throw CognitronError(
                .file, path, "the version of the format is unknown", expected: "1, 2 or 3", got: "\(bytes[6])"
            )
        }
        let width = bytes[6] == 1 ? 2 : 4
        let length = bytes[8..<8 + width].reversed().reduce(0) { $0 << 8 | Int($1) }
        end = 8 + width + length
        guard length <= Self.longest, end <= bytes.count else {
            throw CognitronError(
                .file, path, "its header is cut off or too long",
                expected: "at most \(min(Self.longest, bytes.count - 8 - width)) bytes", got: "\(length)",
                advice: Archive.damagedAdvice)
        }
        var text = PythonLiteral(Array(bytes[8 + width..<end]))
        guard let values = text.dictionary() else {
            throw CognitronError(
                .file, path, "its header cannot be read",
                expected: "{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4)}",
                got: String(decoding: bytes[8 + width..<end].prefix(80), as: UTF8.self),
                advice: Archive.damagedAdvice)
        }
        try take(values, path)
    }

    static let magic: [UInt8] = [0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59]

    private mutating func take(_ values: [String: PythonLiteral.Value], _ path: String) throws {
        guard case .truth(let isFortran)? = values["fortran_order"],
            case .tuple(let sizes)? = values["shape"],
            let descriptor = values["descr"]
        else {
            throw CognitronError(
                .file, path, "its header is incomplete", expected: "descr, fortran_order and shape",
                got: values.keys.sorted().joined(separator: ", "), advice: Archive.damagedAdvice)
        }
        guard case .text(let name) = descriptor, let first = name.first else {
            throw unsupported("a structured type", path)
        }
        guard let type = NumPyType(rawValue: "<>|=".contains(first) ? String(name.dropFirst()) : name) else {
            throw unsupported(name, path)
        }
        guard sizes.count <= Self.mostAxes else {
            throw CognitronError(
                .file, path, "it has too many axes", expected: "at most \(Self.mostAxes)",
                got: "\(sizes.count)")
        }
        (self.type, isBigEndian, self.isFortran, shape) = (type, first == ">", isFortran, Shape(sizes))
    }

    func unsupported(_ type: String, _ path: String) -> CognitronError {
        let isObject = type.contains("O")
        return CognitronError(
            .file, path, isObject ? "it holds Python's objects, not numbers" : "its elements are no numbers",
            expected: "one of \(NumPyType.numbers.map(\.rawValue).joined(separator: ", "))", got: type,
            advice: isObject
                ? "pickled objects can run programs and are never read; save arrays of numbers"
                : "convert it with astype first")
    }

    /// The header of a file in version 1.0 with little-endian floats, padded so that the elements begin at
    /// a multiple of 64.
    static func bytes(of shape: Shape) -> [UInt8] {
        let sizes = shape.map { "\($0), " }.joined().dropLast(shape.rank == 1 ? 1 : 2)
        var text = "{'descr': '<f4', 'fortran_order': False, 'shape': (\(sizes)), }"
        text += String(repeating: " ", count: 63 - (10 + text.utf8.count) % 64) + "\n"
        let length = text.utf8.count
        return magic + [1, 0, UInt8(length & 0xFF), UInt8(length >> 8)] + Array(text.utf8)
    }
}

/// Types of NumPy, by their codes.
enum NumPyType: String, CaseIterable {
    case bool = "b1"
    case int1 = "i1"
    case int2 = "i2"
    case int4 = "i4"
    case int8 = "i8"
    case unsigned1 = "u1"
    case unsigned2 = "u2"
    case unsigned4 = "u4"
    case unsigned8 = "u8"
    case float2 = "f2"
    case float4 = "f4"
    case float8 = "f8"
    /// Python's objects, as a pickle.
    case object = "O"

    /// Those that hold numbers.
    static let numbers = allCases.filter { $0 != .object }

    /// Bytes an element; 1 for objects, whose size is not known.
    var size: Int { Int(String(rawValue.suffix(1))) ?? 1 }

    var isWhole: Bool { !rawValue.hasPrefix("f") }
}

/// The part of Python's notation that headers are written in: a dictionary of texts, truths, whole numbers
/// and tuples of those.
private struct PythonLiteral {
    enum Value {
        case text(String)
        case truth(Bool)
        case tuple([Int])
        /// Anything else, such as the list of a structured type.
        case other
    }

    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    mutating func dictionary() -> [String: Value]? {
        guard take("{") else { return nil }
        var values: [String: Value] = [:]
        while !take("}") {
            guard let key = text(), take(":"), let value = value() else { return nil }
            values[key] = value
            if !take(",") {
                guard take("}") else { return nil }
                break
            }
        }
        skipSpaces()
        return position == bytes.count ? values : nil
    }

    private mutating func value() -> Value? {
        if let text = text() { return .text(text) }
        if take("True") { return .truth(true) }
        if take("False") { return .truth(false) }
        if take("(") { return tuple() }
        return take("[") ? skipList() : nil
    }

    private mutating func tuple() -> Value? {
        var numbers: [Int] = []
        while !take(")") {
            guard let number = number() else { return nil }
            numbers.append(number)
            if !take(",") {
                guard take(")") else { return nil }
                break
            }
        }
        return .tuple(numbers)
    }

    private mutating func number() -> Int? {
        skipSpaces()
        let start = position
        while position < bytes.count, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[position]) {
            position += 1
        }
        let number = Int(String(decoding: bytes[start..<position], as: UTF8.self))
        // Python 2 wrote long numbers with an L.
        _ = take("L")
        return number
    }

    private mutating func text() -> String? {
        skipSpaces()
        guard position < bytes.count, bytes[position] == UInt8(ascii: "'") || bytes[position] == 0x22,
            let end = bytes[(position + 1)...].firstIndex(of: bytes[position])
        else { return nil }
        defer { position = end + 1 }
        return String(decoding: bytes[position + 1..<end], as: UTF8.self)
    }

    private mutating func skipList() -> Value? {
        var depth = 1
        while position < bytes.count {
            depth += bytes[position] == UInt8(ascii: "[") ? 1 : bytes[position] == UInt8(ascii: "]") ? -1 : 0
            position += 1
            if depth == 0 { return .other }
        }
        return nil
    }

    private mutating func take(_ word: String) -> Bool {
        skipSpaces()
        guard bytes[position...].starts(with: word.utf8) else { return false }
        position += word.utf8.count
        return true
    }

    private mutating func skipSpaces() {
        while position < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[position]) { position += 1 }
    }
}
