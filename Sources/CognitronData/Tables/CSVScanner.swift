// Splits the bytes of a CSV file into records and fields: RFC 4180, with any separator and any line break.

import Cognitron

/// The place of one field in the file's bytes, without its quotes and the spaces around it.
struct CSVField {
    var range: Range<Int>
    /// Whether the field stands in quotes.
    var isQuoted = false
    /// Whether it has doubled quotes, which stand for one.
    var hasDoubledQuotes = false
}

/// One pass over the records of a CSV file. It holds the fields of one record at a time.
struct CSVScanner {
    /// A wider table is no table that anyone made by intent; its names alone would fill the memory.
    static let columnLimit = 1 << 16

    let path: String
    let bytes: [UInt8]
    private let separator: UInt8
    private var position: Int
    /// The line, from 1, at which the next record starts.
    private var nextLine = 1
    /// The line at which the current record starts.
    private(set) var line = 1
    /// The fields of the current record.
    private(set) var fields: [CSVField] = []

    init(_ bytes: [UInt8], path: String, separator: UInt8, from start: Int = 0, line: Int = 1) {
        (self.bytes, self.path, self.separator) = (bytes, path, separator)
        (position, nextLine) = (start, line)
    }

    /// Reads the next record that is not a blank line; false at the end.
    mutating func next() throws -> Bool {
        while position < bytes.count {
            line = nextLine
            fields.removeAll(keepingCapacity: true)
            var isOpen = true
            while isOpen {
                guard fields.count < Self.columnLimit else {
                    throw error(
                        "has too many fields", expected: "at most \(Self.columnLimit)",
                        advice: "check the separator")
                }
                fields.append(try field())
                isOpen = position < bytes.count && bytes[position] == separator
                if isOpen { position += 1 }
            }
            skipLineBreak()
            if fields.count > 1 || fields[0].isQuoted || !fields[0].range.isEmpty { return true }
        }
        return false
    }

    /// Reads one field; stops at its separator, at the line's end or at the end of the file.
    private mutating func field() throws -> CSVField {
        var start = position
        while start < bytes.count, isSpace(bytes[start]) { start += 1 }
        if start < bytes.count, bytes[start] == Self.quote {
            position = start + 1
            return try quotedField()
        }
        while position < bytes.count, bytes[position] != separator, !isLineBreak(bytes[position]) {
            position += 1
        }
        var end = position
        while end > start, isSpace(bytes[end - 1]) { end -= 1 }
        return CSVField(range: start..<end)
    }

    private mutating func quotedField() throws -> CSVField {
        let (start, opened) = (position, nextLine)
        var field = CSVField(range: start..<start, isQuoted: true)
        while position < bytes.count {
            switch bytes[position] {
            case Self.quote where position + 1 < bytes.count && bytes[position + 1] == Self.quote:
                field.hasDoubledQuotes = true
                position += 2
            case Self.quote:
                field.range = start..<position
                position += 1
                try finishQuotedField()
                return field
            case Self.newline, Self.carriageReturn: skipLineBreak()
            default: position += 1
            }
        }
        line = opened
        throw error("opens a quote that nothing closes", advice: "close it, or double a quote that is meant")
    }

    /// Skips the spaces between a closing quote and the separator.
    private mutating func finishQuotedField() throws {
        while position < bytes.count, isSpace(bytes[position]) { position += 1 }
        guard position == bytes.count || bytes[position] == separator || isLineBreak(bytes[position]) else {
            line = nextLine
            throw error(
                "field \(fields.count + 1) goes on after its closing quote",
                expected: "\(CSVScanner.inWords(separator)) or the end of the line",
                advice: "double a quote that is meant")
        }
    }

    /// Skips CR, LF or CR LF.
    private mutating func skipLineBreak() {
        guard position < bytes.count, isLineBreak(bytes[position]) else { return }
        let isPair =
            bytes[position] == Self.carriageReturn && position + 1 < bytes.count
            && bytes[position + 1] == Self.newline
        position += isPair ? 2 : 1
        nextLine += 1
    }

    /// The text of a field.
    ///
    /// - Throws: `CognitronError.file` where it is not UTF-8.
    func text(_ index: Int) throws -> String {
        let field = fields[index]
        var text: String?
        if field.hasDoubledQuotes {
            var plain: [UInt8] = []
            var at = field.range.lowerBound
            while at < field.range.upperBound {
                plain.append(bytes[at])
                at += bytes[at] == Self.quote ? 2 : 1
            }
            text = String(validating: plain, as: UTF8.self)
        } else {
            text = String(validating: bytes[field.range], as: UTF8.self)
        }
        guard let text else {
            throw error(
                "field \(index + 1) is not UTF-8 text", got: FileBytes.inWords(bytes[field.range].prefix(16)),
                advice: "save the table as CSV in UTF-8")
        }
        return text
    }

    /// An error about the current record.
    func error(
        _ problem: String, expected: String? = nil, got: String? = nil, advice: String? = nil
    ) -> CognitronError {
        CognitronError(.file, "\(path), line \(line)", problem, expected: expected, got: got, advice: advice)
    }

    static func inWords(_ separator: UInt8) -> String {
        TableOptions.Separator.allCases.first { $0.byte == separator }.map { "a \($0.rawValue)" }
            ?? "the separator"
    }

    static let quote = UInt8(ascii: "\"")
    static let newline = UInt8(ascii: "\n")
    static let carriageReturn = UInt8(ascii: "\r")

    private func isLineBreak(_ byte: UInt8) -> Bool { byte == Self.newline || byte == Self.carriageReturn }

    /// Space or tab, unless it separates the fields.
    private func isSpace(_ byte: UInt8) -> Bool {
        (byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t")) && byte != separator
    }
}
