import Foundation

/// Numbers in named rows and columns.
///
///     var table = FindingsTable("Accuracy", columns: ["10 a class", "50 a class"], format: .percent)
///     table.add("from nothing", [0.31, 0.48])
public struct FindingsTable: Sendable, CustomStringConvertible {
    /// How numbers are written.
    public enum Format: Sendable {
        /// A share as per cent: 93.50 %.
        case percent
        /// Three significant digits.
        case significant
        /// No decimals.
        case whole
    }

    public let title: String
    public let columns: [String]
    public let format: Format
    public private(set) var rows: [(name: String, values: [Double?])] = []

    public init(_ title: String, columns: [String], format: Format = .significant) {
        (self.title, self.columns, self.format) = (title, columns, format)
    }

    /// Adds a row; nil leaves a cell empty.
    public mutating func add(_ name: String, _ values: [Double?]) {
        precondition(values.count == columns.count, "a row has a value for each of \(columns.count) columns")
        rows.append((name, values))
    }

    public subscript(row: String, column: String) -> Double? {
        guard let column = columns.firstIndex(of: column) else { return nil }
        return rows.first { $0.name == row }?.values[column]
    }

    /// A Markdown table.
    public var description: String {
        let head = "| \(title) | \(columns.joined(separator: " | ")) |"
        let rule = "|" + String(repeating: "---|", count: columns.count + 1)
        let body = rows.map { row in
            "| \(row.name) | \(row.values.map { $0.map(text) ?? "" }.joined(separator: " | ")) |"
        }
        return ([head, rule] + body).joined(separator: "\n")
    }

    private func text(_ value: Double) -> String {
        switch format {
        case .percent: String(format: "%.2f %%", value * 100)
        case .significant: String(format: "%.3g", value)
        case .whole: String(format: "%.0f", value)
        }
    }
}
