import Cognitron

/// How a table is read from a file, and which of its columns are used for what.
public struct TableOptions: Hashable, Sendable, Codable {
    /// What separates the fields of a line; nil for what fits the file's first lines.
    public var separator: Separator?

    /// Whether the first line holds the columns' names.
    public var header: Header

    /// Fields that stand for a missing value; upper and lower case differ.
    public var missingMarks: [String]

    /// What happens to missing values.
    public var missing: MissingValues

    /// Columns that are neither inputs nor targets, such as a row's number or a name.
    public var leftOut: [String]

    /// Whether whole numbers to predict are classes or numbers.
    public var task: TableTask

    public init(
        separator: Separator? = nil, header: Header = .automatic,
        missingMarks: [String] = ["", "NA", "N/A", "NaN", "nan", "null", "?"],
        missing: MissingValues = .refuse, leftOut: [String] = [], task: TableTask = .automatic
    ) {
        (self.separator, self.header, self.missingMarks) = (separator, header, missingMarks)
        (self.missing, self.leftOut, self.task) = (missing, leftOut, task)
    }

    public enum Separator: String, CaseIterable, Sendable, Codable {
        case tab, semicolon, comma, bar

        var byte: UInt8 {
            switch self {
            case .tab: UInt8(ascii: "\t")
            case .semicolon: UInt8(ascii: ";")
            case .comma: UInt8(ascii: ",")
            case .bar: UInt8(ascii: "|")
            }
        }
    }

    public enum Header: String, CaseIterable, Sendable, Codable {
        /// The first line holds names unless one of its fields is a number.
        case automatic
        case present
        /// The columns are called `column1`, `column2` …
        case absent
    }
}

/// What happens to missing values of a table's inputs and targets.
public enum MissingValues: String, CaseIterable, Sendable, Codable {
    /// They are an error, which names line and column.
    case refuse
    /// Their rows are left out.
    case drop
    /// Numbers are replaced by the mean of their column, texts by the most frequent one, both over the rows
    /// for training. Rows without a target are left out.
    case fill
}

/// What is learned from a table.
public enum TableTask: String, CaseIterable, Sendable, Codable {
    /// Classification where the only target is text, or whole numbers of which at most 20 differ and each
    /// occurs twice or more on average; else regression.
    case automatic
    case classification
    case regression
}
