import Cognitron

extension Plot {
    /// How often each class was taken for each other: rows are true classes, columns predicted ones. Colours
    /// are shares of the row; with up to 20 classes, cells show the counts.
    ///
    /// - Parameters:
    ///   - matrix: the counts (C, C), as `ConfusionMatrix.matrix` gives them.
    ///   - classNames: one for each class; by default their numbers.
    public static func confusion(
        _ matrix: Tensor, classNames: [String]? = nil, title: String = "Confusion matrix"
    ) -> Plot {
        let table = ConfusionTable(matrix, classNames)
        return Plot(
            title, subtitle: table.summary, width: table.width, height: table.height, content: table.content)
    }
}

/// The drawing of a confusion matrix.
private struct ConfusionTable {
    private let counts: [Double]
    private let count: Int
    private let names: [String]
    private let cell: Double
    private let labelSize: Double
    private let labelWidth: Double
    private let isRotated: Bool

    /// The most classes whose cells have room for counts.
    private static let mostCounted = 20
    private static let recallWidth = 52.0
    private static let pairCount = 5

    init(_ matrix: Tensor, _ classNames: [String]?) {
        let count = matrix.shape.last ?? 0
        self.count = count
        counts = matrix.scalars.map { $0.isFinite ? Double($0) : 0 }
        names = (0..<count).map { number in
            guard let classNames, classNames.indices.contains(number) else { return String(number) }
            return classNames[number]
        }
        cell = count <= 10 ? 44 : (count <= Self.mostCounted ? 34 : (count <= 50 ? 16 : 10))
        labelSize = min(Label.normal, max(cell - 1.5, 8))
        let size = labelSize
        let widest = names.map { Label($0, size: size).width }.max() ?? 0
        labelWidth = min(max(widest, 24), 140)
        isRotated = widest > cell - 4
    }

    private var hasCounts: Bool { count <= Self.mostCounted }
    private var left: Double { 20 + labelWidth + 8 }
    private var top: Double { 20 + (isRotated ? labelWidth * 0.8 + 8 : 20) }
    private var side: Double { cell * Double(count) }
    /// Rotated labels lean over the last column.
    private var overhang: Double { isRotated ? labelWidth * 0.75 : 0 }
    var width: Double { max(left + side + max(hasCounts ? Self.recallWidth : 0, overhang), 420) }
    var height: Double { top + side + 14 + Double(pairs.isEmpty ? 0 : pairs.count + 1) * 17 }

    private func value(_ row: Int, _ column: Int) -> Double { counts[row * count + column] }
    private func total(_ row: Int) -> Double { (0..<count).reduce(0) { $0 + value(row, $1) } }

    var summary: String {
        let all = counts.reduce(0, +)
        let right = (0..<count).reduce(0) { $0 + value($1, $1) }
        return "accuracy \((right / max(all, 1)).percent(2)) of \(Int(all).grouped) samples"
    }

    var content: [SVG] {
        var content = [
            Label("true class", color: Palette.faint).at(12, top + side / 2, .middle, angle: -90),
            Label("predicted class", color: Palette.faint).at(left + side / 2, 11, .middle),
        ]
        for number in 0..<count {
            let middle = top + (Double(number) + 0.5) * cell + labelSize * 0.35
            content.append(label(number).at(left - 6, middle, .end))
            let x = left + (Double(number) + 0.5) * cell
            content.append(
                isRotated
                    ? label(number).at(x + labelSize * 0.3, top - 6, angle: -50)
                    : label(number).at(x, top - 8, .middle))
        }
        for row in 0..<count { content += cells(ofRow: row) }
        content.append(.rectangle(left, top, side, side, fill: "none", stroke: Palette.frame))
        if hasCounts { content += recalls }
        return content + pairLines
    }

    private func label(_ number: Int) -> Label {
        Label(names[number], size: labelSize).fitted(to: labelWidth)
    }

    /// The cells that are not empty.
    private func cells(ofRow row: Int) -> [SVG] {
        let total = total(row)
        return (0..<count).flatMap { column -> [SVG] in
            let number = value(row, column)
            guard number > 0 else { return [] }
            let share = Float(number / total)
            let (x, y) = (left + Double(column) * cell, top + Double(row) * cell)
            // The square root shows rare mistakes too.
            let shade = share.squareRoot()
            let square = SVG.rectangle(
                x, y, cell, cell, fill: ColorMap.blues.text(shade),
                tip:
                    "\(names[row]) taken for \(names[column]): \(number.significant(6)) (\(Double(share).percent()))"
            )
            guard hasCounts else { return [square] }
            let text = Label(
                number.rounded() == number ? "\(Int(number))" : number.significant(3), size: Label.small,
                color: ColorMap.blues.isDark(shade) ? "#ffffff" : Palette.ink)
            return [square, text.fitted(to: cell).at(x + cell / 2, y + cell / 2 + 4, .middle)]
        }
    }

    /// The share of each row that is right, beside it.
    private var recalls: [SVG] {
        let x = left + side + Self.recallWidth - 2
        return [
            Label("recall", size: Label.small, color: Palette.faint).at(
                x, isRotated ? top + side + 14 : top - 8, .end)
        ]
            + (0..<count).map { row in
                let total = total(row)
                let text = total > 0 ? (value(row, row) / total).percent(1) : "–"
                return Label(text, size: Label.small, color: Palette.faint)
                    .at(x, top + (Double(row) + 0.5) * cell + 4, .end)
            }
    }

    /// The most frequent mistakes.
    private var pairs: [(row: Int, column: Int)] {
        let wrong = (0..<count * count).filter { $0 / count != $0 % count && counts[$0] > 0 }
        return wrong.sorted { (counts[$0], $1) > (counts[$1], $0) }.prefix(Self.pairCount)
            .map { ($0 / count, $0 % count) }
    }

    private var pairLines: [SVG] {
        guard !pairs.isEmpty else { return [] }
        let first = top + side + 30
        return [Label("Most frequent mistakes", isBold: true).at(0, first)]
            + pairs.enumerated().map { line, pair in
                let number = value(pair.row, pair.column)
                return Label(
                    "\(names[pair.row]) taken for \(names[pair.column]): \(number.significant(6)) times, "
                        + "\((number / total(pair.row)).percent()) of the class"
                ).fitted(to: width).at(0, first + Double(line + 1) * 17)
            }
    }
}
