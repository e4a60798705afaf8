import Cognitron

extension DatasetScheme {
    /// A table in a CSV file: `csv:homes.csv`. Its last column is predicted unless `targets` names others.
    public static let csv = DatasetScheme("csv", "FILE", "a table of numbers and texts, one sample a line") {
        path, options in
        let table = try Table(
            contentsOf: path, options.table, skipsDamaged: options.skipsDamaged)
        if let column = options.text {
            return try Dataset(
                "csv:\(path)", "the texts of \(lastPathComponent(path))", table, column, options)
        }
        return try Dataset("csv:\(path)", "the table \(lastPathComponent(path))", table, options)
    }
}

extension Dataset {
    /// A table as a data set.
    ///
    /// Parts, categories, and the values in place of missing ones are determined here; means are those of the
    /// training part.
    ///
    /// - Parameter options: `targets`, `testShare`, `seed` and `table` are used.
    /// - Throws: `CognitronError.data` where the table does not fit the options.
    public init(
        _ name: String, _ summary: String, _ table: Table, _ options: DatasetOptions = DatasetOptions()
    ) throws {
        let rows = try TableParts(table, options)
        self.init(
            name, summary, task: rows.coding.targets.task, shape: [rows.coding.encoding.featureCount]
        ) { split, _ in try rows.part(split, name) }
    }
}

/// The two parts of a table, and how their rows become samples.
struct TableParts: Sendable {
    let coding: TableCoding
    private let train: Table
    private let test: Table
    /// What was left out of the table.
    private let notes: [String]

    init(_ table: Table, _ options: DatasetOptions) throws {
        var table = try table.dropping(options.table.leftOut)
        let targets = try TableTargets(of: table, options.targets, task: options.table.task)
        let inputs = table.columnNames.filter { !targets.names.contains($0) }
        let whole = table.rowCount
        switch options.table.missing {
        case .refuse: break
        case .drop: table = try table.droppingMissing(in: inputs + targets.names)
        case .fill: table = try table.droppingMissing(in: targets.names)
        }
        let (lines, rows) = (table.skippedLines.count, whole - table.rowCount)
        func note(_ count: Int, _ what: String, _ reason: String) -> [String] {
            guard count > 0 else { return [] }
            return [
                "\(count) \(what) of \(table.name) \(count == 1 ? "has" : "have") \(reason) and "
                    + "\(count == 1 ? "is" : "are") left out"
            ]
        }
        notes =
            note(lines, lines == 1 ? "line" : "lines", "another number of fields")
            + note(rows, "of \(whole) rows", "missing values")
        guard table.rowCount > 1 else {
            throw CognitronError(
                .data, table.name, "has too few rows to train on some and test with others",
                expected: "at least 2", got: "\(table.rowCount)")
        }
        let split = try TrainTestSplit(
            count: table.rowCount, testShare: options.testShare,
            stratifiedBy: targets.classNames == nil ? nil : targets.targets(table).scalars.map { Int($0) },
            seed: options.seed)
        (train, test) = (table.rows(split.train), table.rows(split.test))
        let encoding = try TableEncoding(of: train, inputs, filling: options.table.missing == .fill)
        coding = TableCoding(encoding, targets)
    }

    func part(_ split: Dataset.Split, _ name: String) throws -> DatasetPart {
        var part = try coding.part(split == .train ? train : test, name: name)
        // Those of the whole table, once.
        if split == .train { part.notes = notes }
        return part
    }
}

extension Table {
    /// The rows that have a value in each of these columns.
    ///
    /// - Throws: `CognitronError.data` where no row has.
    public func droppingMissing(in names: [String]? = nil) throws -> Table {
        let columns = try (names ?? columnNames).map { try self[$0] }
        let whole = (0..<rowCount).filter { row in !columns.contains { $0.isMissing(row) } }
        guard !whole.isEmpty || rowCount == 0 else {
            let worst = columns.max { $0.statistics.missing < $1.statistics.missing }
            throw CognitronError(
                .data, name, "no row has a value in every column",
                got: worst.map { "\($0.statistics.missing) of \(rowCount) missing in \($0.name)" },
                advice: "leave the column out, or fill missing values")
        }
        var table = rows(whole)
        table.skippedLines = skippedLines
        return table
    }
}

extension TableCoding {
    /// A table as one part, all rows.
    ///
    /// - Parameter name: the data set's.
    /// - Throws: `CognitronError.data` where the table lacks a column, or has other categories.
    public func part(_ table: Table, name: String) throws -> DatasetPart {
        var part = try DatasetPart(
            name: name, task: targets.task, inputShape: [encoding.featureCount],
            source: SampleSource(encoding.samples(table), targets.targets(table)))
        part.table = self
        return part
    }
}
