import Foundation

/// docs/KERAS.md, and what is wrong with it.
struct KerasPage {
    struct Line {
        let number: Int
        let row: KerasRow
    }

    let text: String
    /// The rows under each heading.
    let sections: [String: [Line]]

    static func load() throws -> KerasPage {
        let file = SourceTree.package.appending(path: "docs/KERAS.md")
        return KerasPage(try String(contentsOf: file, encoding: .utf8))
    }

    init(_ text: String) {
        var (sections, title) = ([String: [Line]](), "")
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            if line.hasPrefix("## ") {
                title = String(line.dropFirst(3))
            } else if line.hasPrefix("|") {
                let columns = line.split(separator: "|", maxSplits: 2).map {
                    $0.trimmingCharacters(in: .whitespaces.union(["|"]))
                }
                let (first, rest) = (columns.first ?? "", columns.dropFirst())
                let row = KerasRow(
                    keras: first, cognitron: rest.first ?? "", differences: rest.dropFirst().first ?? "")
                sections[title, default: []].append(Line(number: index + 1, row: row))
            }
        }
        self.text = text
        self.sections = sections.mapValues { Array($0.dropFirst(2)) }
    }

    /// What stands before the first heading.
    var introduction: String { text.split(separator: "\n## ", maxSplits: 1).first.map(String.init) ?? "" }

    /// The rows that the table of counts should have, the last one for all groups.
    func counts(_ titles: [String]) -> [String] {
        let numbers = titles.map(numbers)
        let total = (0..<5).map { column in numbers.map { $0[column] }.reduce(0, +) }
        return zip(titles + ["all"], numbers + [total]).map {
            "| \($0) | \($1.map(String.init).joined(separator: " | ")) |"
        }
    }

    /// Rows: all, as in Keras, with differences, not yet, left out.
    private func numbers(_ title: String) -> [Int] {
        let rows = (sections[title] ?? []).map(\.row)
        let missing = rows.count { $0.cognitron == KerasRow.missing }
        let leftOut = rows.count { $0.cognitron == KerasRow.leftOut }
        let same = rows.count { $0.ourName != nil && $0.differences.isEmpty }
        return [rows.count, same, rows.count - missing - leftOut - same, missing, leftOut]
    }
}
