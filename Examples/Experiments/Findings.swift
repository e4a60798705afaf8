import Cognitron
import CognitronPlots

/// What an experiment found: tables of numbers and drawings.
public struct Findings: Sendable, CustomStringConvertible {
    public var tables: [FindingsTable]
    /// Drawings by the name of their file, without ending.
    public var plots: [String: Plot]
    /// Remarks below the tables.
    public var notes: [String]

    public init(_ tables: [FindingsTable], plots: [String: Plot] = [:], notes: [String] = []) {
        (self.tables, self.plots, self.notes) = (tables, plots, notes)
    }

    /// The number in a row and column of the first table that has both.
    public subscript(row: String, column: String) -> Double? {
        tables.lazy.compactMap { $0[row, column] }.first
    }

    /// The tables as Markdown, then the notes.
    public var description: String { (tables.map(\.description) + notes).joined(separator: "\n\n") }

    /// Writes the drawings as SVG files.
    ///
    /// - Parameter folder: exists.
    /// - Returns: the files' paths.
    /// - Throws: `CognitronError` where a file cannot be written.
    @discardableResult
    public func writePlots(to folder: String) throws -> [String] {
        try plots.keys.sorted().map { name in
            let path = "\(folder)/\(name).svg"
            try plots[name]?.write(to: path)
            return path
        }
    }
}
