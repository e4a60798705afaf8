/// Rows of texts as lines: the first column to the left, the others to the right.
enum TextTable {
    static func lines(_ rows: [[String]]) -> [String] {
        let widths = (rows.first ?? []).indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            "  "
                + zip(row, widths).enumerated().map { column, cell in
                    let space = String(repeating: " ", count: cell.1 - cell.0.count)
                    return column == 0 ? cell.0 + space : space + cell.0
                }.joined(separator: "  ")
        }
    }

    static func text(_ rows: [[String]]) -> String { lines(rows).joined(separator: "\n") }
}
