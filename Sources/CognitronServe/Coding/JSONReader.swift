import Cognitron
import Foundation

/// Reads JSON (RFC 8259) in one pass, and lists of numbers without a value for each.
///
///     let body = try JSONReader.read(Array(#"{"inputs": [[0, 0.5], [1, 0]]}"#.utf8))
///     body["inputs"]                                      // .numbers([0, 0.5, 1, 0], shape: [2, 2])
///
/// Numbers in such lists are the nearest `Float`s. NaN and infinities are not JSON, and numbers beyond
/// `Float` are refused.
struct JSONReader {
    private let bytes: [UInt8]
    private var at = 0

    /// The most levels of lists and objects inside each other.
    private static let mostLevels = 32

    private init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// - Throws: `CognitronError.data` with the place of the first byte that is not JSON.
    static func read(_ bytes: [UInt8]) throws -> RequestJSON {
        var reader = JSONReader(bytes)
        let value = try reader.value(level: 0)
        reader.skipSpaces()
        guard reader.at == bytes.count else { throw reader.error("has more behind its end") }
        return value
    }

    private func error(_ problem: String, expected: String? = nil) -> CognitronError {
        let rest = bytes[min(at, bytes.count)...].prefix(16)
        return CognitronError(
            .data, "JSON, byte \(at)", problem, expected: expected,
            got: rest.isEmpty ? "the end" : String(decoding: rest, as: UTF8.self))
    }

    // MARK: - Values

    private mutating func value(level: Int) throws -> RequestJSON {
        guard level <= Self.mostLevels else { throw error("is nested deeper than \(Self.mostLevels) levels") }
        skipSpaces()
        switch current {
        case UInt8(ascii: "{"): return try object(level)
        case UInt8(ascii: "["): return try list(level)
        case UInt8(ascii: "\""): return .text(try text())
        case UInt8(ascii: "t") where take("true"): return .bool(true)
        case UInt8(ascii: "f") where take("false"): return .bool(false)
        case UInt8(ascii: "n") where take("null"): return .null
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .number(try number())
        default:
            throw error("is not valid", expected: "a value; NaN and Infinity are none")
        }
    }

    private mutating func object(_ level: Int) throws -> RequestJSON {
        at += 1
        var members: [String: RequestJSON] = [:]
        skipSpaces()
        if take("}") { return .object(members) }
        repeat {
            skipSpaces()
            guard current == UInt8(ascii: "\"") else { throw error("is not valid", expected: "a name") }
            let name = try text()
            skipSpaces()
            guard take(":") else { throw error("is not valid", expected: ":") }
            members[name] = try value(level: level + 1)
            skipSpaces()
        } while take(",")
        guard take("}") else { throw error("is not valid", expected: ", or }") }
        return .object(members)
    }

    private mutating func list(_ level: Int) throws -> RequestJSON {
        let start = at
        if startsWithNumber() {
            var (numbers, shape): ([Float], [Int]) = ([], [])
            if try fill(&numbers, &shape, axis: 0) { return .numbers(numbers, shape: shape) }
            at = start
        }
        at += 1
        var elements: [RequestJSON] = []
        skipSpaces()
        if take("]") { return .list(elements) }
        repeat {
            elements.append(try value(level: level + 1))
            skipSpaces()
        } while take(",")
        guard take("]") else { throw error("is not valid", expected: ", or ]") }
        return .list(elements)
    }

    // MARK: - Lists of numbers

    /// Whether the first thing in these lists that is no list is a number.
    private func startsWithNumber() -> Bool {
        for byte in bytes[at...].prefix(4096) {
            switch byte {
            case UInt8(ascii: "["), 0x20, 0x09, 0x0A, 0x0D: continue
            case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return true
            default: return false
            }
        }
        return false
    }

    /// Reads a list of numbers, or of such lists.
    ///
    /// - Parameters:
    ///   - shape: the lengths of the lists so far; the first list of a level sets its length.
    ///   - axis: the level.
    /// - Returns: false where something else than numbers is in it.
    private mutating func fill(_ numbers: inout [Float], _ shape: inout [Int], axis: Int) throws -> Bool {
        guard axis < Self.mostLevels else { throw error("is nested deeper than \(Self.mostLevels) levels") }
        at += 1
        let isFirst = shape.count == axis
        if isFirst { shape.append(-1) }
        let isInnermost = !isFirst && shape.count == axis + 1
        var count = 0
        repeat {
            skipSpaces()
            if current == UInt8(ascii: "[") {
                guard !isInnermost, isFirst && count == 0 || shape.count > axis + 1 else { return false }
                guard try fill(&numbers, &shape, axis: axis + 1) else { return false }
            } else {
                guard isNumber, shape.count == axis + 1 else { return false }
                numbers.append(try float())
            }
            count += 1
            skipSpaces()
        } while take(",")
        guard take("]") else { return false }
        guard isFirst || shape[axis] == count else {
            throw error(
                "has lists of different lengths", expected: "\(shape[axis]) elements as in the one before")
        }
        shape[axis] = count
        return true
    }

    private var isNumber: Bool {
        current == UInt8(ascii: "-") || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(current)
    }

    private mutating func float() throws -> Float {
        let (start, number) = (at, try number())
        let float = Float(number)
        guard float.isFinite else {
            at = start
            throw error("is a number beyond Float", expected: "at most \(Float.greatestFiniteMagnitude)")
        }
        return float
    }

    // MARK: - Numbers

    /// 10⁰ … 10²², which are exact.
    private static let powers: [Double] = (0...22).map { power in
        (0..<power).reduce(1.0) { product, _ in product * 10 }
    }

    private mutating func number() throws -> Double {
        let start = at
        let isNegative = take("-")
        var (mantissa, digits, exponent) = (UInt64(0), 0, 0)
        guard isDigit else { throw error("is not valid", expected: "a digit") }
        if current == UInt8(ascii: "0") {
            at += 1
        } else {
            readDigits(&mantissa, &digits, &exponent, each: 0)
        }
        if take(".") {
            guard isDigit else { throw error("is not valid", expected: "a digit behind the point") }
            readDigits(&mantissa, &digits, &exponent, each: -1)
        }
        if current == UInt8(ascii: "e") || current == UInt8(ascii: "E") {
            at += 1
            exponent += try readExponent()
        }
        let size = abs(exponent)
        if digits <= 19, size <= 22 {
            let value =
                exponent < 0 ? Double(mantissa) / Self.powers[size] : Double(mantissa) * Self.powers[size]
            // Mantissas above 2⁵³ are rounded, so the quotient may be off by a bit: enough to round a number
            // halfway between two Floats to the wrong one.
            let isExact = mantissa < 1 << 53
            let low = value.bitPattern & 0x1FFF_FFFF
            if isExact || !(0x0FFF_FFF8...0x1000_0008).contains(low) { return isNegative ? -value : value }
        }
        let text = String(decoding: bytes[start..<at], as: UTF8.self)
        guard let value = Double(text) else { throw error("is not valid", expected: "a number") }
        return value
    }

    /// - Parameter each: what a digit adds to the exponent.
    private mutating func readDigits(
        _ mantissa: inout UInt64, _ digits: inout Int, _ exponent: inout Int, each: Int
    ) {
        while isDigit {
            if mantissa > 0 || current != UInt8(ascii: "0") { digits += 1 }
            // Numbers of more than 19 digits are read as texts.
            if digits <= 19 {
                mantissa = mantissa * 10 + UInt64(current - UInt8(ascii: "0"))
                exponent += each
            }
            at += 1
        }
    }

    private mutating func readExponent() throws -> Int {
        let isNegative = take("-")
        if !isNegative { _ = take("+") }
        guard isDigit else { throw error("is not valid", expected: "a digit of the exponent") }
        var exponent = 0
        while isDigit {
            exponent = min(exponent * 10 + Int(current - UInt8(ascii: "0")), 100_000)
            at += 1
        }
        return isNegative ? -exponent : exponent
    }

    private var isDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(current) }

    // MARK: - Texts

    private mutating func text() throws -> String {
        at += 1
        let start = at
        while current != UInt8(ascii: "\""), current != UInt8(ascii: "\\") {
            guard at < bytes.count, current >= 0x20 else { throw error("has a text without an end") }
            at += 1
        }
        if current == UInt8(ascii: "\"") {
            at += 1
            return try utf8(bytes[start..<at - 1])
        }
        return try escapedText(bytes[start..<at])
    }

    private mutating func escapedText(_ start: ArraySlice<UInt8>) throws -> String {
        var text = Array(start)
        while current != UInt8(ascii: "\"") {
            guard at < bytes.count, current >= 0x20 else { throw error("has a text without an end") }
            if current == UInt8(ascii: "\\") {
                at += 1
                text += Array(String(try escape()).utf8)
            } else {
                text.append(current)
                at += 1
            }
        }
        at += 1
        return try utf8(text[...])
    }

    private func utf8(_ bytes: ArraySlice<UInt8>) throws -> String {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw error("has a text that is not UTF-8")
        }
        return text
    }

    private mutating func escape() throws -> Character {
        let code = current
        at += 1
        switch code {
        case UInt8(ascii: "\""): return "\""
        case UInt8(ascii: "\\"): return "\\"
        case UInt8(ascii: "/"): return "/"
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"):
            var unit = try hexadecimal()
            if (0xD800..<0xDC00).contains(unit), take("\\u") {
                let low = try hexadecimal()
                guard (0xDC00..<0xE000).contains(low) else { throw error("has half of a character") }
                unit = 0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00)
            }
            guard let scalar = Unicode.Scalar(unit) else { throw error("has half of a character") }
            return Character(scalar)
        default:
            at -= 1
            throw error("has an unknown escape")
        }
    }

    private mutating func hexadecimal() throws -> UInt32 {
        guard at + 4 <= bytes.count,
            let unit = UInt32(String(decoding: bytes[at..<at + 4], as: UTF8.self), radix: 16),
            bytes[at] != UInt8(ascii: "+"), bytes[at] != UInt8(ascii: "-")
        else { throw error("has an unknown escape", expected: "four hexadecimal digits") }
        at += 4
        return unit
    }

    // MARK: - Bytes

    /// 0 at the end.
    private var current: UInt8 { at < bytes.count ? bytes[at] : 0 }

    private mutating func skipSpaces() {
        while current == 0x20 || (0x09...0x0D).contains(current) && current != 0x0B && current != 0x0C {
            at += 1
        }
    }

    /// The pointer to the word is one to the program itself.
    private mutating func take(_ word: StaticString) -> Bool {
        let count = word.utf8CodeUnitCount
        guard at + count <= bytes.count else { return false }
        for i in 0..<count where bytes[at + i] != word.utf8Start[i] { return false }
        at += count
        return true
    }
}
