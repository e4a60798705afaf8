import ArgumentParser
import Cognitron
import CognitronPrediction
import Foundation

/// The form of a command's results.
enum ResultFormat: String, CaseIterable, ExpressibleByArgument {
    case text, json, csv
}

extension ResultFormat {
    /// Writes a row for each sample in this form.
    ///
    /// - Parameters:
    ///   - lines: the rows for people.
    ///   - path: the file; nil or - for standard output.
    func write(_ rows: [ResultRow], lines: [String], to path: String?) throws {
        let text =
            switch self {
            case .text: lines.joined(separator: "\n")
            case .json: try JSONText.text(of: rows, pretty: true)
            case .csv: CSVText.text([rows.first?.columns ?? []] + rows.map(\.cells))
            }
        guard let path, path != "-" else {
            if !text.isEmpty { try Output.result(text) }
            return
        }
        try AtomicFile.write(Data((text + "\n").utf8), to: path)
        Output.note("Wrote \(path)")
    }
}
