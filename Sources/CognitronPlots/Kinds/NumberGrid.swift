import Cognitron

/// Numbers in the cells of a grid, from row 0 at the top; cells may have a colour, be empty or be framed.
struct NumberGrid {
    /// Pixels per side of a cell.
    var cell = 30.0
    /// Nil for empty cells.
    var numbers: [[Float?]]
    /// The cells with a heavy frame around them.
    var framed: (rows: Range<Int>, columns: Range<Int>)?
    /// The colour of a cell, and whether it is dark; white without.
    var fill: (_ row: Int, _ column: Int) -> (color: String, isDark: Bool)? = { _, _ in nil }

    var width: Double { Double(numbers.first?.count ?? 0) * cell }
    var height: Double { Double(numbers.count) * cell }

    /// The grid with its upper left corner at (x, y).
    func at(_ x: Double, _ y: Double) -> [SVG] {
        var content: [SVG] = []
        for (row, numbers) in numbers.enumerated() {
            for (column, number) in numbers.enumerated() {
                let (left, top) = (x + Double(column) * cell, y + Double(row) * cell)
                let fill = fill(row, column)
                content.append(
                    SVG(
                        "rect",
                        [
                            "x": left, "y": top, "width": cell, "height": cell,
                            "fill": fill?.color ?? Palette.card, "stroke": Palette.rule,
                        ]))
                guard let number else { continue }
                let label = Label(
                    Self.text(number), size: min(cell * 0.4, Label.normal),
                    color: fill?.isDark == true ? Palette.card : Palette.ink)
                let fitted = label.fitted(to: cell - 2)
                content.append(fitted.at(left + cell / 2, top + cell / 2 + label.size * 0.36, .middle))
            }
        }
        if let framed {
            content.append(
                SVG(
                    "rect",
                    [
                        "x": x + Double(framed.columns.lowerBound) * cell,
                        "y": y + Double(framed.rows.lowerBound) * cell,
                        "width": Double(framed.columns.count) * cell,
                        "height": Double(framed.rows.count) * cell,
                        "fill": "none", "stroke": Palette.series(1), "stroke-width": 2.5,
                    ]))
        }
        return content
    }

    /// A number with at most two decimals and a proper minus.
    static func text(_ number: Float) -> String {
        let text = Double(number).svgText
        return text.hasPrefix("-") ? "−" + text.dropFirst() : text
    }
}
