import Cognitron

/// How rows of a table become the inputs of a network: a number is one feature; a text is one-hot, one
/// feature for each category.
///
///     let encoding = try TableEncoding(of: train, ["rooms", "kind"], filling: true)
///     encoding.featureNames                       // "rooms", "kind=flat", "kind=house"
///     let x = try encoding.inputs(test)           // (N, 3), with the categories and means of `train`
///
/// Categories, and the values in place of missing ones, are those of the table that it was made of. So it
/// belongs to the network that was trained with it.
public struct TableEncoding: Hashable, Sendable, Codable {
    /// One column among the inputs.
    public struct Column: Hashable, Sendable, Codable {
        public let name: String
        /// The categories, one feature each; nil of a column of numbers.
        public let categories: [String]?
        /// What stands for a missing number (the mean); nil where those are refused.
        public let mean: Double?
        /// What stands for a missing text (the most frequent one); nil where those are refused.
        public let mode: String?

        var featureCount: Int { categories?.count ?? 1 }
    }

    public let columns: [Column]

    /// The number of features.
    public var featureCount: Int { columns.reduce(0) { $0 + $1.featureCount } }

    /// `rooms`; `kind=flat` for a category.
    public var featureNames: [String] {
        columns.flatMap { column in
            column.categories?.map { "\(column.name)=\($0)" } ?? [column.name]
        }
    }

    /// More texts than any set of categories has: they are names, dates or sentences.
    static let categoryLimit = 1_000

    /// - Parameters:
    ///   - names: the columns; by default all.
    ///   - filling: whether missing values are replaced by mean or mode; else they are an error.
    /// - Throws: `CognitronError.data` where a column has too many different texts, or no value to fill with.
    public init(of table: Table, _ names: [String]? = nil, filling: Bool = false) throws {
        columns = try (names ?? table.columnNames).map { try Self.column(table[$0], table.name, filling) }
        guard featureCount > 0 else {
            throw CognitronError(
                .data, table.name, "there is no column left to learn from", expected: "at least one",
                got: "none", advice: "check targets and columns that are left out")
        }
    }

    private static func column(_ column: TableColumn, _ place: String, _ filling: Bool) throws -> Column {
        var categories: [String]?
        if case .texts(_, let texts) = column.values {
            guard texts.count <= categoryLimit else {
                throw CognitronError(
                    .data, place, "column \(column.name) has too many different texts for one-hot inputs",
                    expected: "at most \(categoryLimit)", got: "\(texts.count), such as \"\(texts[0])\"",
                    advice: "leave the column out")
            }
            categories = texts
        }
        guard filling else { return Column(name: column.name, categories: categories, mean: nil, mode: nil) }
        let statistics = column.statistics
        guard statistics.count > 0 else {
            throw CognitronError(
                .data, place, "column \(column.name) has no values to fill its gaps with",
                expected: "at least one value", got: "none", advice: "leave the column out")
        }
        return Column(
            name: column.name, categories: categories, mean: categories == nil ? statistics.mean : nil,
            mode: statistics.mode)
    }

    /// The rows of a table as samples, encoded batch by batch.
    ///
    /// - Throws: `CognitronError.data` where a column is missing or of another kind, a value is missing
    ///   that is not filled, or a text is none of the categories.
    public func samples(_ table: Table) throws -> TableSamples {
        TableSamples(
            try columns.map { try feature($0, table) }, count: table.rowCount, featureCount: featureCount)
    }

    /// The rows of a table as one tensor `(N, features)`.
    public func inputs(_ table: Table) throws -> Tensor {
        let samples = try samples(table)
        return samples.batch(0..<table.rowCount)
    }

    private func feature(_ column: Column, _ table: Table) throws -> TableSamples.Feature {
        let own = try table[column.name]
        switch (own.values, column.categories) {
        case (.numbers(let numbers), nil):
            return .number(
                try numbers.enumerated().map { row, number in
                    guard number.isNaN else { return Float(number) }
                    guard let mean = column.mean else { throw table.missing(row, column.name) }
                    return Float(mean)
                })
        case (.texts(let codes, let texts), let categories?):
            let places = Dictionary(
                uniqueKeysWithValues: zip(categories, Int32(0)...))
            let known = texts.map { places[$0] }
            let mode = column.mode.flatMap { places[$0] }
            let encoded = try codes.enumerated().map { row, code in
                if code < 0 {
                    guard let mode else { throw table.missing(row, column.name) }
                    return mode
                }
                guard let place = known[Int(code)] else {
                    throw table.unknown(row, column, texts[Int(code)])
                }
                return place
            }
            return .category(encoded, count: categories.count)
        case (.numbers, _?): throw table.otherKind(column.name, "texts", "numbers")
        case (.texts, nil): throw table.otherKind(column.name, "numbers", "texts")
        }
    }
}

/// The rows of a table as samples `(features)`: one number for a column of numbers, one-hot for a category.
public struct TableSamples: Samples {
    enum Feature: Sendable {
        case number([Float])
        case category([Int32], count: Int)
    }

    private let features: [Feature]
    public let shape: Shape

    init(_ features: [Feature], count: Int, featureCount: Int) {
        (self.features, shape) = (features, [count, featureCount])
    }

    public func batch(_ indices: some Collection<Int>) -> Tensor {
        var result = Tensor.zeros([indices.count, shape[1]])
        let width = shape[1]
        result.withUnsafeMutableScalars { y in
            var start = 0
            for feature in features {
                switch feature {
                case .number(let numbers):
                    for (row, index) in indices.enumerated() { y[row * width + start] = numbers[index] }
                    start += 1
                case .category(let codes, let count):
                    for (row, index) in indices.enumerated() {
                        y[row * width + start + Int(codes[index])] = 1
                    }
                    start += count
                }
            }
        }
        return result
    }
}

extension Table {
    /// The columns as one tensor `(N, features)`, texts as one-hot: see `TableEncoding`.
    ///
    /// - Parameter names: by default all columns.
    public func inputs(_ names: [String]? = nil) throws -> Tensor {
        try TableEncoding(of: self, names).inputs(self)
    }

    func missing(_ row: Int, _ column: String) -> CognitronError {
        CognitronError(
            .data, place(row), "the value of column \(column) is missing",
            advice: "fill missing values, drop their rows, or leave the column out")
    }

    fileprivate func unknown(
        _ row: Int, _ column: TableEncoding.Column, _ text: String
    ) -> CognitronError {
        let shown = column.categories?.prefix(20).joined(separator: ", ") ?? ""
        return CognitronError(
            .data, place(row), "column \(column.name) has an unknown text",
            expected: "one of \(shown)", got: "\"\(text)\"",
            advice: "the categories are those of the table that the network was trained with")
    }

    func otherKind(_ column: String, _ expected: String, _ received: String) -> CognitronError {
        CognitronError(
            .data, name, "column \(column) is of another kind", expected: expected, got: received)
    }
}
