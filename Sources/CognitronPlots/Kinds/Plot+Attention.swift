import Cognitron

extension Plot {
    /// What words attend to: a table for each head, whose rows are the words that attend and whose columns are
    /// those attended to; the darker, the larger the weight. Alignments of translations have the same form.
    ///
    ///     let outputs = MultiHeadAttention(numHeads: 4, keyDim: 16, returnAttentionScores: true)…
    ///     try Plot.attention(weights, queries: words, keys: words).write(to: "attention.svg")
    ///
    /// - Parameters:
    ///   - weights: (heads, T, S), or (T, S) of one; each row sums to 1.
    ///   - queries: the T words that attend.
    ///   - keys: the S words that they attend to.
    /// - Throws: `CognitronError` where the weights have another shape.
    public static func attention(
        _ weights: Tensor, queries: [String], keys: [String], title: String = "Attention",
        subtitle: String = ""
    ) throws -> Plot {
        let table: Shape = [queries.count, keys.count]
        guard Shape(weights.shape.suffix(2)) == table, (2...3).contains(weights.rank), weights.count > 0
        else {
            throw CognitronError(
                .shape, "the plot of attention", "its weights do not fit the words",
                expected: "\(table) or heads × \(table), none of them 0", got: "\(weights.shape)")
        }
        let heads = weights.reshaped([-1, queries.count, keys.count])
        let drawing = AttentionTable(queries, keys)
        let columns = min(heads.shape[0], max(1, Int(900 / drawing.width)))
        let rows = (heads.shape[0] + columns - 1) / columns
        let content = (0..<heads.shape[0]).flatMap { head in
            drawing.content(
                heads[head], title: heads.shape[0] > 1 ? "head \(head + 1)" : "",
                x: Double(head % columns) * drawing.width, y: Double(head / columns) * drawing.height)
        }
        return Plot(
            title, subtitle: subtitle, width: Double(columns) * drawing.width,
            height: Double(rows) * drawing.height, content: content)
    }
}

/// The table of one head.
private struct AttentionTable {
    private let queries: [String]
    private let keys: [String]
    private let left: Double
    private let top: Double
    private static let cell = 20.0
    private static let widest = 110.0

    init(_ queries: [String], _ keys: [String]) {
        (self.queries, self.keys) = (queries, keys)
        func room(_ words: [String]) -> Double {
            min(Self.widest, words.map { Label($0, size: Label.small).width }.max() ?? 0) + 8
        }
        (left, top) = (room(queries), 20 + room(keys) * 0.8)
    }

    /// Rotated words extend beyond the last column.
    var width: Double { left + Double(keys.count) * Self.cell + top * 0.8 }
    var height: Double { top + Double(queries.count) * Self.cell + 16 }

    func content(_ weights: Tensor, title: String, x: Double, y: Double) -> [SVG] {
        let (left, top) = (x + left, y + top)
        var content = [Label(title, isBold: true).at(x, y + 12)]
        for (column, word) in keys.enumerated() {
            content.append(
                label(word).at(left + (Double(column) + 0.65) * Self.cell, top - 5, angle: -50))
        }
        for (row, word) in queries.enumerated() {
            let line = top + Double(row) * Self.cell
            content.append(label(word).at(left - 6, line + Self.cell * 0.65, .end))
            for (column, key) in keys.enumerated() {
                let weight = weights[row, column]
                content.append(
                    .rectangle(
                        left + Double(column) * Self.cell, line, Self.cell, Self.cell,
                        fill: ColorMap.blues.text(weight.isFinite ? weight : 0),
                        tip: "\(word) → \(key): \(Double(weight).percent(0))"))
            }
        }
        content.append(
            .rectangle(
                left, top, Double(keys.count) * Self.cell, Double(queries.count) * Self.cell, fill: "none",
                stroke: Palette.frame))
        return content
    }

    private func label(_ word: String) -> Label { Label(word, size: Label.small).fitted(to: Self.widest) }
}
