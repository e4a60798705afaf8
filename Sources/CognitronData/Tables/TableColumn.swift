import Cognitron

/// A named column of a table.
public struct TableColumn: Sendable, Equatable {
    public let name: String
    public let values: Values

    public enum Values: Sendable, Equatable {
        /// NaN where a value is missing.
        case numbers([Double])
        /// The category of each row: a number in `categories`, or −1 where it is missing.
        case texts([Int32], categories: [String])
    }

    public init(_ name: String, _ values: Values) { (self.name, self.values) = (name, values) }

    /// - Parameter numbers: NaN where a value is missing.
    public init(_ name: String, _ numbers: [Double]) { self.init(name, .numbers(numbers)) }

    /// - Parameter texts: nil where one is missing. The categories are in the order of their code points.
    public init(_ name: String, _ texts: [String?]) {
        let categories = Set(texts.compactMap(\.self)).sorted()
        let codes = Dictionary(uniqueKeysWithValues: zip(categories, Int32(0)...))
        self.init(
            name, .texts(texts.map { $0.flatMap { codes[$0] } ?? -1 }, categories: categories))
    }

    public var count: Int {
        switch values {
        case .numbers(let numbers): numbers.count
        case .texts(let codes, _): codes.count
        }
    }

    /// Whether the column holds numbers.
    public var isNumeric: Bool {
        if case .numbers = values { true } else { false }
    }

    /// The numbers; nil of a column of texts.
    public var numbers: [Double]? {
        if case .numbers(let numbers) = values { numbers } else { nil }
    }

    /// The texts, nil where one is missing; nil of a column of numbers.
    public var texts: [String?]? {
        guard case .texts(let codes, let categories) = values else { return nil }
        return codes.map { $0 < 0 ? nil : categories[Int($0)] }
    }

    /// Whether the value of a row is missing.
    public func isMissing(_ row: Int) -> Bool {
        switch values {
        case .numbers(let numbers): numbers[row].isNaN
        case .texts(let codes, _): codes[row] < 0
        }
    }

    /// The values of these rows, with all categories of the column.
    func rows(_ indices: some Collection<Int>) -> TableColumn {
        switch values {
        case .numbers(let numbers): TableColumn(name, .numbers(indices.map { numbers[$0] }))
        case .texts(let codes, let categories):
            TableColumn(name, .texts(indices.map { codes[$0] }, categories: categories))
        }
    }
}

/// What a column's values are like, missing ones aside.
public struct ColumnStatistics: Sendable, Equatable {
    /// The number of values.
    public var count = 0
    /// The number of missing values.
    public var missing = 0
    /// The number of different values.
    public var distinct = 0
    /// The most frequent text, the first of several in alphabetical order; nil of a column of numbers.
    public var mode: String?

    // NaN of a column of texts, and where there are no values.

    public var mean = Double.nan
    /// The mean of (x − mean)², as the Normalization layer takes it.
    public var variance = Double.nan
    public var minimum = Double.nan
    public var maximum = Double.nan
    public var standardDeviation: Double { variance.squareRoot() }
}

extension TableColumn {
    public var statistics: ColumnStatistics {
        switch values {
        case .numbers(let numbers): Self.statistics(numbers)
        case .texts(let codes, let categories): Self.statistics(codes, categories)
        }
    }

    private static func statistics(_ numbers: [Double]) -> ColumnStatistics {
        let present = numbers.filter { !$0.isNaN }
        var result = ColumnStatistics(count: present.count, missing: numbers.count - present.count)
        guard let minimum = present.min(), let maximum = present.max() else { return result }
        let count = Double(present.count)
        let mean = present.reduce(0, +) / count
        (result.minimum, result.maximum, result.mean) = (minimum, maximum, mean)
        result.variance = present.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count
        result.distinct = Set(present).count
        return result
    }

    private static func statistics(_ codes: [Int32], _ categories: [String]) -> ColumnStatistics {
        var counts = [Int](repeating: 0, count: categories.count)
        for code in codes where code >= 0 { counts[Int(code)] += 1 }
        let count = counts.reduce(0, +)
        var result = ColumnStatistics(
            count: count, missing: codes.count - count, distinct: counts.count { $0 > 0 })
        let most = counts.max() ?? 0
        if most > 0 { result.mode = counts.firstIndex(of: most).map { categories[$0] } }
        return result
    }
}
