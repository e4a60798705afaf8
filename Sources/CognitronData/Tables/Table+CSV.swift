// Reads a table from CSV in two passes over the bytes: the first finds out which columns hold numbers, the
// second fills the columns. So the memory in use stays below 32 times the file's size and 1 kB a column.

import Cognitron

extension Table {
    /// Reads a CSV file, plain or as .gz: UTF-8, with or without a byte order mark, with any line breaks.
    ///
    /// - The separator is found (tab, semicolon, comma or bar), and whether the first line holds names.
    /// - A field in quotes may contain separators, line breaks and, doubled, quotes.
    /// - Spaces around fields and blank lines are skipped.
    /// - A column holds numbers where all its fields are numbers or missing; else texts. Where the separator
    ///   is not a comma, numbers may be written 1.234,5; where a column needs that, 1.234 is 1234 in all.
    /// - Columns without a name are called `column1`, `column2` …; a second `price` becomes `price.1`.
    ///
    /// - Parameter skipsDamaged: whether lines with another number of fields than the first are left out
    ///   (`skippedLines`) instead of an error.
    /// - Throws: `CognitronError.file` with the line.
    public init(
        contentsOf path: String, _ options: TableOptions = TableOptions(), skipsDamaged: Bool = false
    ) throws {
        try self.init(
            csv: FileBytes.readUnpacking(path), path: path, options, skipsDamaged: skipsDamaged)
    }

    /// Reads the bytes of a CSV file.
    ///
    /// - Parameter path: what messages call it.
    public init(
        csv bytes: [UInt8], path: String, _ options: TableOptions = TableOptions(),
        skipsDamaged: Bool = false
    ) throws {
        let layout = try CSVLayout(bytes, path: path, options)
        var probes = [ColumnProbe](repeating: ColumnProbe(), count: layout.names.count)
        var (lines, skipped): ([Int], [Int]) = ([], [])
        try layout.forEachRow(skipsDamaged, &skipped) { scanner in
            lines.append(scanner.line)
            for column in probes.indices { probes[column].look(at: scanner, column, layout) }
        }
        let prefersCommas = probes.contains(where: \.needsCommas)
        var builders = probes.map {
            ColumnBuilder($0, $0.style(prefersCommas: prefersCommas), rowCount: lines.count)
        }
        skipped = []
        try layout.forEachRow(skipsDamaged, &skipped) { scanner in
            for column in builders.indices { try builders[column].append(scanner, column, layout) }
        }
        try builders.indices.forEach { try builders[$0].check(layout.names[$0], path) }
        self.init(
            unchecked: path, zip(layout.names, builders).map { TableColumn($0, $1.values) }, lines: lines,
            rowCount: lines.count)
        skippedLines = skipped
    }
}

/// What the first pass learns of a column.
private struct ColumnProbe {
    private var points = 0
    private var commas = 0
    private(set) var present = 0
    /// The first field that is no number.
    private(set) var firstText: (line: Int, text: String)?

    /// Whether the numbers can only be read with decimal commas.
    var needsCommas: Bool { commas == present && points < present }

    /// How the numbers are written; nil for a column of texts.
    ///
    /// - Parameter prefersCommas: whether another column needs them.
    func style(prefersCommas: Bool) -> CSVNumber.Style? {
        if commas == present, prefersCommas || points < present { return .comma }
        return points == present ? .point : nil
    }

    /// How many of the fields are numbers.
    var numberCount: Int { max(points, commas) }

    mutating func look(at scanner: CSVScanner, _ column: Int, _ layout: CSVLayout) {
        let range = scanner.fields[column].range
        guard !layout.isMissing(scanner.bytes, range) else { return }
        present += 1
        let isPoint = CSVNumber.value(scanner.bytes, range, .point) != nil
        let isComma = layout.allowsCommas && CSVNumber.value(scanner.bytes, range, .comma) != nil
        points += isPoint ? 1 : 0
        commas += isComma ? 1 : 0
        if !isPoint, !isComma, firstText == nil {
            firstText = (scanner.line, String(decoding: scanner.bytes[range].prefix(40), as: UTF8.self))
        }
    }
}

/// Collects the values of a column in the second pass.
private struct ColumnBuilder {
    private let probe: ColumnProbe
    /// How the numbers are written; nil for texts.
    private let style: CSVNumber.Style?
    private var numbers: [Double] = []
    private var codes: [Int32] = []
    private var categories: [String: Int32] = [:]

    init(_ probe: ColumnProbe, _ style: CSVNumber.Style?, rowCount: Int) {
        (self.probe, self.style) = (probe, style)
        if style == nil {
            codes.reserveCapacity(rowCount)
        } else {
            numbers.reserveCapacity(rowCount)
        }
    }

    mutating func append(_ scanner: CSVScanner, _ column: Int, _ layout: CSVLayout) throws {
        let range = scanner.fields[column].range
        let isMissing = layout.isMissing(scanner.bytes, range)
        if let style {
            numbers.append(isMissing ? .nan : CSVNumber.value(scanner.bytes, range, style) ?? .nan)
        } else if isMissing {
            codes.append(-1)
        } else {
            let text = try scanner.text(column)
            let code = categories[text] ?? Int32(categories.count)
            if code == categories.count { categories[text] = code }
            codes.append(code)
        }
    }

    /// The values, with categories in the order of their code points.
    var values: TableColumn.Values {
        guard style == nil else { return .numbers(numbers) }
        let sorted = categories.sorted { $0.key < $1.key }
        var places = [Int32](repeating: 0, count: sorted.count)
        for (place, (_, code)) in sorted.enumerated() { places[Int(code)] = Int32(place) }
        return .texts(codes.map { $0 < 0 ? -1 : places[Int($0)] }, categories: sorted.map(\.key))
    }

    /// Refuses a column that is one of numbers but for a few fields: as texts, each number would become a
    /// category.
    func check(_ name: String, _ path: String) throws {
        guard style == nil, let text = probe.firstText, categories.count > 20,
            probe.numberCount * 10 > probe.present * 9
        else { return }
        throw CognitronError(
            .file, "\(path), line \(text.line)", "the field of column \(name) is no number",
            expected: "a number, as in \(probe.numberCount) of \(probe.present) rows",
            got: "\"\(text.text)\"",
            advice: "correct it, or name it as a mark of missing values")
    }
}
