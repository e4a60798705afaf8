extension Plot {
    /// Charts one below the other, with a title each.
    public init(
        _ title: String, subtitle: String = "", panels: [Chart], width: Double = 600, height: Double = 180
    ) {
        self.init(title, subtitle: subtitle, grid: panels.map { [$0] }, width: width, height: height)
    }

    /// Rows of charts, with a title each.
    ///
    /// - Parameters:
    ///   - width: of one chart.
    ///   - height: of the area between its axes.
    public init(_ title: String, subtitle: String = "", grid: [[Chart]], width: Double, height: Double) {
        let gap = 24.0
        var (content, y) = ([SVG](), 0.0)
        for row in grid {
            if y > 0 { y += 14 }
            var rowHeight = 0.0
            for (column, chart) in row.enumerated() {
                let x = Double(column) * (width + gap)
                var top = y
                if !chart.title.isEmpty {
                    content.append(Label(chart.title, isBold: true).fitted(to: width).at(x, y + 11))
                    top += 20
                }
                let (elements, own) = chart.drawn(width: width, height: height)
                content.append(SVG("g", ["transform": "translate(\(x.svgText) \(top.svgText))"], elements))
                rowHeight = max(rowHeight, top + own - y)
            }
            y += rowHeight
        }
        let columns = Double(grid.map(\.count).max() ?? 1)
        self.init(
            title, subtitle: subtitle, width: columns * (width + gap) - gap, height: y, content: content)
    }
}
