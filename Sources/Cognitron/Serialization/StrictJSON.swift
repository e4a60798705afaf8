/// Reads JSON in one pass, without a tree of values: the caller reads the next value by its expected type.
///
///     var json = StrictJSON(bytes)
///     try json.object { name, json in lengths[name] = try json.wholeNumber() }
///     try json.end()
///
/// Unlike `JSONDecoder` it rejects duplicate keys, and integers with a fraction or exponent (4.0, 4e0); its
/// errors contain the path of keys.
///
/// - Source: RFC 8259.
struct StrictJSON {
    /// An invalid value: what was expected, and what was read.
    struct Fault: Error {
        /// The keys of the enclosing objects, outermost first.
        var path: [String] = []
        let expected: String
        let received: String
    }

    /// The largest nesting depth: recursion over deeper text could overflow the stack.
    static let deepest = 128

    private let bytes: [UInt8]
    private var position = 0
    private var depth = 0

    /// - Parameter bytes: valid UTF-8.
    init(_ bytes: [UInt8]) { self.bytes = bytes }
}

// MARK: - Objects and lists

extension StrictJSON {
    /// Reads an object; `member` reads the value of `key`.
    mutating func object(_ member: (_ key: String, _ json: inout StrictJSON) throws -> Void) throws {
        var keys = Set<String>()
        try sequence("{", "}", of: "an object") { json in
            let key = try json.text()
            do {
                guard keys.insert(key).inserted else {
                    throw Fault(expected: "every key once", received: "it twice")
                }
                try json.expect(":")
                try member(key, &json)
            } catch var fault as Fault {
                fault.path.insert(key, at: 0)
                throw fault
            }
        }
    }

    /// Reads a list of integers from 0.
    mutating func wholeNumbers() throws -> [Int] {
        var numbers: [Int] = []
        try sequence("[", "]", of: "a list of whole numbers") { numbers.append(try $0.wholeNumber()) }
        return numbers
    }

    /// Checks and skips any value.
    mutating func skip() throws {
        switch peek() {
        case UInt8(ascii: "{"): try object { try $1.skip() }
        case UInt8(ascii: "["): try sequence("[", "]", of: "a list") { try $0.skip() }
        case UInt8(ascii: "\""): _ = try text()
        default: _ = try bareWord()
        }
    }

    mutating func sequence(
        _ first: Unicode.Scalar, _ last: Unicode.Scalar, of expected: String,
        _ element: (inout StrictJSON) throws -> Void
    ) throws {
        guard take(first) else { throw mismatch(expected) }
        guard depth < Self.deepest else {
            throw Fault(expected: "at most \(Self.deepest) levels", received: "more")
        }
        depth += 1
        defer { depth -= 1 }
        if take(last) { return }
        repeat { try element(&self) } while take(",")
        try expect(last)
    }
}

// MARK: - Single values

extension StrictJSON {
    /// Reads an integer from 0, which consists of digits only.
    mutating func wholeNumber() throws -> Int {
        _ = peek()
        let word = self.word()
        guard word.utf8.allSatisfy(Self.isDigit), word == "0" || !word.hasPrefix("0"), let number = Int(word)
        else { throw mismatch("a whole number from 0") }
        position += word.utf8.count
        return number
    }

    /// Reads `null` and returns true; if another value is next, reads nothing.
    mutating func null() -> Bool {
        _ = peek()
        guard word() == "null" else { return false }
        position += 4
        return true
    }

    /// Reads a number, `null`, `true` or `false` as it is written.
    mutating func bareWord() throws -> String {
        _ = peek()
        let word = self.word()
        guard ["null", "true", "false"].contains(word) || Self.isNumber(word) else {
            throw mismatch("a value")
        }
        position += word.utf8.count
        return word
    }

    /// Throws where anything but white space is left.
    mutating func end() throws {
        if peek() != nil { throw mismatch("the end") }
    }

    /// Reads a string.
    mutating func text() throws -> String {
        guard take("\"") else { throw mismatch("a text") }
        var text: [UInt8] = []
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            switch byte {
            case UInt8(ascii: "\""): return String(decoding: text, as: UTF8.self)
            case UInt8(ascii: "\\"): text.append(contentsOf: String(try escape()).utf8)
            case ..<0x20: throw Fault(expected: "a text", received: "a control character in it")
            default: text.append(byte)
            }
        }
        throw Fault(expected: "a text", received: "no closing quote")
    }

    /// Reads the rest of an escape, after the backslash.
    private mutating func escape() throws -> Unicode.Scalar {
        let fault = Fault(expected: "a text", received: "an invalid escape in it")
        guard position < bytes.count else { throw fault }
        position += 1
        switch bytes[position - 1] {
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{c}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"):
            return Unicode.Scalar(bytes[position - 1])
        case UInt8(ascii: "u"):
            guard let unit = codeUnit() else { throw fault }
            if let scalar = Unicode.Scalar(unit) { return scalar }
            // A surrogate: only a pair, high before low, is a character.
            guard UTF16.isLeadSurrogate(unit), bytes[position...].starts(with: #"\u"#.utf8) else {
                throw fault
            }
            position += 2
            guard let second = codeUnit(), UTF16.isTrailSurrogate(second) else { throw fault }
            let offset = (UInt32(unit) & 0x3ff) << 10 | UInt32(second) & 0x3ff
            guard let scalar = Unicode.Scalar(0x10000 + offset) else { throw fault }
            return scalar
        default: throw fault
        }
    }

    private mutating func codeUnit() -> UInt16? {
        let digits = bytes[position...].prefix(4)
        guard digits.count == 4, digits.allSatisfy({ Unicode.Scalar($0).properties.isASCIIHexDigit }) else {
            return nil
        }
        position += 4
        return UInt16(String(decoding: digits, as: UTF8.self), radix: 16)
    }
}

// MARK: - Bytes

extension StrictJSON {
    /// Skips white space and returns the next byte without reading it.
    mutating func peek() -> UInt8? {
        while position < bytes.count, [0x20, 0x0a, 0x0d, 0x09].contains(bytes[position]) { position += 1 }
        return position < bytes.count ? bytes[position] : nil
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard peek() == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    private mutating func expect(_ character: Unicode.Scalar) throws {
        if !take(character) { throw mismatch("“\(character)”") }
    }

    /// The letters, digits, signs and points from the position on: a number, `null`, `true` or `false`, where
    /// one is next.
    private func word() -> String {
        let word = bytes[position...].prefix {
            Self.isDigit($0) || Unicode.Scalar($0).properties.isAlphabetic || "+-.".utf8.contains($0)
        }
        return String(decoding: word, as: UTF8.self)
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    /// Whether `word` is a valid JSON number.
    private static func isNumber(_ word: String) -> Bool {
        var rest = word.utf8[...]
        func takeDigits() -> Substring.UTF8View {
            defer { rest = rest.drop(while: isDigit) }
            return rest.prefix(while: isDigit)
        }
        func take(_ characters: String) -> Bool {
            guard let first = rest.first, characters.utf8.contains(first) else { return false }
            rest.removeFirst()
            return true
        }
        _ = take("-")
        let whole = takeDigits()
        guard whole.count == 1 || whole.first.map({ $0 != UInt8(ascii: "0") }) ?? false else { return false }
        if take("."), takeDigits().isEmpty { return false }
        if take("eE") {
            _ = take("+-")
            if takeDigits().isEmpty { return false }
        }
        return rest.isEmpty
    }

    private mutating func mismatch(_ expected: String) -> Fault {
        let received =
            switch peek() {
            case nil: "the end"
            case UInt8(ascii: "{"): "an object"
            case UInt8(ascii: "["): "a list"
            case UInt8(ascii: "\""): "a text"
            case let byte?: word().isEmpty ? String(Unicode.Scalar(byte)).quoted : String(word().prefix(40))
            }
        return Fault(expected: expected, received: received)
    }
}
