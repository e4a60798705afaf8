import Cognitron
import CognitronKernels

/// A table with named columns: numbers, or texts from a set of categories.
///
///     let homes = try Table(contentsOf: "homes.csv")
///     try homes["rooms"].statistics.mean                  // of the values that are not missing
///     let prices = try homes.targets(["price"])           // (N, 1)
///     let inputs = try homes.inputs(["rooms", "kind"])    // (N, features): texts become one-hot
///
/// Numbers are held as `Double`; tensors made of them have the nearest `Float`s.
public struct Table: Sendable, Equatable {
    /// The file's path, or what messages call the table.
    public let name: String
    public let columns: [TableColumn]
    public let rowCount: Int

    /// The lines of the file that were left out since their number of fields differs.
    public internal(set) var skippedLines: [Int] = []

    /// The line of each row in the file; empty for a table without one.
    private(set) var lines: [Int] = []

    /// - Throws: `CognitronError.data` where the columns differ in length, or two have the same name.
    public init(_ name: String, _ columns: [TableColumn]) throws {
        let count = columns.first?.count ?? 0
        if let column = columns.first(where: { $0.count != count }) {
            throw CognitronError(
                .data, name, "column \(column.name) differs from the others in length",
                expected: "\(count) rows", got: "\(column.count)")
        }
        let names = Set(columns.map(\.name))
        guard names.count == columns.count else {
            let twice = columns.map(\.name).sorted().adjacentPair ?? ""
            throw CognitronError(
                .data, name, "two columns are called \(twice)", expected: "different names")
        }
        self.init(unchecked: name, columns, lines: [], rowCount: count)
    }

    init(unchecked name: String, _ columns: [TableColumn], lines: [Int], rowCount: Int) {
        (self.name, self.columns, self.rowCount, self.lines) = (name, columns, rowCount, lines)
    }

    public var columnNames: [String] { columns.map(\.name) }

    /// The column of a name.
    ///
    /// - Throws: `CognitronError.data`, which lists the names.
    public subscript(_ name: String) -> TableColumn {
        get throws {
            if let column = columns.first(where: { $0.name == name }) { return column }
            let shown = columnNames.prefix(40).joined(separator: ", ")
            throw CognitronError(
                .data, self.name, "has no column called \"\(name)\"",
                expected: "one of \(shown)\(columns.count > 40 ? " …" : "")", got: name,
                advice: columnNames.first { $0.lowercased() == name.lowercased() }.map {
                    "did you mean \($0)?"
                })
        }
    }

    /// The rows with these numbers, from 0, in this order.
    public func rows(_ indices: some Collection<Int>) -> Table {
        for index in indices { require((0..<rowCount).contains(index), "row \(index) of \(rowCount)") }
        return Table(
            unchecked: name, columns.map { $0.rows(indices) },
            lines: lines.isEmpty ? [] : indices.map { lines[$0] }, rowCount: indices.count)
    }

    /// The table without some columns.
    ///
    /// - Throws: `CognitronError.data` for a name that no column has.
    public func dropping(_ names: [String]) throws -> Table {
        let names = Set(try names.map { try self[$0].name })
        var table = self
        table = Table(
            unchecked: name, columns.filter { !names.contains($0.name) }, lines: lines, rowCount: rowCount)
        table.skippedLines = skippedLines
        return table
    }

    /// Where a row is, for messages: `homes.csv, line 7`.
    func place(_ row: Int) -> String {
        lines.indices.contains(row) ? "\(name), line \(lines[row])" : "\(name), row \(row + 1)"
    }
}

extension Collection where Element: Equatable {
    /// The first element that equals its neighbour.
    fileprivate var adjacentPair: Element? { zip(self, dropFirst()).first { $0 == $1 }?.0 }
}
