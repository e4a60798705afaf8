import Cognitron

/// How a CSV file is written: its separator, the names of its columns, and where the rows start.
struct CSVLayout {
    let names: [String]
    /// Whether numbers may have a decimal comma.
    let allowsCommas: Bool

    private let bytes: [UInt8]
    private let path: String
    private let separator: UInt8
    private let hasHeader: Bool
    /// The first byte and its line, past a byte order mark and a line `sep=;`.
    private let start: (position: Int, line: Int)
    private let marks: [[UInt8]]
    private let longestMark: Int

    init(_ bytes: [UInt8], path: String, _ options: TableOptions) throws {
        (self.bytes, self.path) = (bytes, path)
        marks = options.missingMarks.map { Array($0.utf8) }
        longestMark = marks.map(\.count).max() ?? -1
        try Self.checkEncoding(bytes, path)
        let announced = Self.announcedSeparator(bytes)
        start = announced.map { ($0.end, 2) } ?? (Self.byteOrderMark(bytes), 1)
        separator =
            options.separator?.byte ?? announced?.separator
            ?? Self.detectSeparator(bytes, from: start.position)
        allowsCommas = separator != TableOptions.Separator.comma.byte
        var scanner = CSVScanner(
            bytes, path: path, separator: separator, from: start.position, line: start.line)
        guard try scanner.next() else {
            throw CognitronError(
                .file, path, "the table is empty", expected: "a line of names, and rows",
                advice: "check the path")
        }
        hasHeader =
            switch options.header {
            case .present: true
            case .absent: false
            case .automatic: Self.looksLikeNames(scanner, allowsCommas)
            }
        names = try Self.names(scanner, hasHeader)
    }

    /// Whether a field stands for a missing value.
    func isMissing(_ bytes: [UInt8], _ range: Range<Int>) -> Bool {
        range.count <= longestMark
            && marks.contains { $0.count == range.count && $0.elementsEqual(bytes[range]) }
    }

    /// Gives each row to `body`, with as many fields as there are names.
    ///
    /// - Parameter skipped: the lines with another number of fields, where `skipsDamaged`.
    func forEachRow(
        _ skipsDamaged: Bool, _ skipped: inout [Int], _ body: (CSVScanner) throws -> Void
    ) throws {
        var scanner = CSVScanner(
            bytes, path: path, separator: separator, from: start.position, line: start.line)
        if hasHeader { _ = try scanner.next() }
        while try scanner.next() {
            if scanner.fields.count == names.count {
                try body(scanner)
            } else if skipsDamaged {
                skipped.append(scanner.line)
            } else {
                throw scanner.error(
                    "the number of fields differs from the first line's", expected: "\(names.count)",
                    got: "\(scanner.fields.count)",
                    advice: "put texts that contain \(CSVScanner.inWords(separator)) in quotes, or leave out "
                        + "such lines (--skip-damaged)")
            }
        }
    }
}

extension CSVLayout {
    /// The bytes of UTF-8's byte order mark at the start, which spreadsheets write.
    private static func byteOrderMark(_ bytes: [UInt8]) -> Int {
        bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    }

    private static func checkEncoding(_ bytes: [UInt8], _ path: String) throws {
        guard bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) else { return }
        throw CognitronError(
            .file, path, "the table is in UTF-16", expected: "UTF-8",
            advice: "save it as CSV in UTF-8")
    }

    /// The separator of a first line `sep=;`, which Excel reads and writes.
    private static func announcedSeparator(_ bytes: [UInt8]) -> (separator: UInt8, end: Int)? {
        let text = bytes.dropFirst(byteOrderMark(bytes))
        guard text.starts(with: Array("sep=".utf8)), text.count > 5 else { return nil }
        let separator = text[text.startIndex + 4]
        let rest = text.dropFirst(5)
        let isKnown = TableOptions.Separator.allCases.contains { $0.byte == separator }
        let lineBreak = rest.starts(with: Array("\r\n".utf8)) ? 2 : 1
        guard isKnown, rest.first == CSVScanner.newline || rest.first == CSVScanner.carriageReturn else {
            return nil
        }
        return (separator, rest.startIndex + lineBreak)
    }

    /// The first separator of those known that cuts each of the first lines into the same number of fields,
    /// above 1; else the one that cuts the first line most often; a comma where none does.
    private static func detectSeparator(_ bytes: [UInt8], from start: Int) -> UInt8 {
        var best = (separator: TableOptions.Separator.comma.byte, count: 1)
        for candidate in TableOptions.Separator.allCases {
            var scanner = CSVScanner(bytes, path: "", separator: candidate.byte, from: start)
            var counts: [Int] = []
            while counts.count < sampledLines, (try? scanner.next()) ?? false {
                counts.append(scanner.fields.count)
            }
            guard let first = counts.first, first > 1 else { continue }
            if counts.allSatisfy({ $0 == first }) { return candidate.byte }
            if first > best.count { best = (candidate.byte, first) }
        }
        return best.separator
    }

    private static let sampledLines = 20

    private static func looksLikeNames(_ scanner: CSVScanner, _ allowsCommas: Bool) -> Bool {
        scanner.fields.allSatisfy { field in
            CSVNumber.value(scanner.bytes, field.range, .point) == nil
                && !(allowsCommas && CSVNumber.value(scanner.bytes, field.range, .comma) != nil)
        }
    }

    private static func names(_ scanner: CSVScanner, _ hasHeader: Bool) throws -> [String] {
        var used = Set<String>()
        /// The number of each name's last repetition.
        var repetitions: [String: Int] = [:]
        return try scanner.fields.indices.map { index in
            let given = hasHeader ? try scanner.text(index) : ""
            let base = given.isEmpty ? "column\(index + 1)" : given
            var name = base
            while !used.insert(name).inserted {
                repetitions[base, default: 0] += 1
                name = "\(base).\(repetitions[base, default: 0])"
            }
            return name
        }
    }
}
