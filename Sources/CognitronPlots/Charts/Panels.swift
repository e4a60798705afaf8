extension Plot {
    /// Charts one below the other, with a title each.
    init(_ title: String, subtitle: String = "", panels: [Chart], width: Double = 600, height: Double = 180) {
        var (content, y) = ([SVG](), 0.0)
        for chart in panels {
            if y > 0 { y += 14 }
            if !chart.title.isEmpty {
                content.append(Label(chart.title, isBold: true).fitted(to: width).at(0, y + 11))
                y += 20
            }
            let (elements, own) = chart.drawn(width: width, height: height)
            content.append(SVG("g", ["transform": "translate(0 \(y.svgText))"], elements))
            y += own
        }
        self.init(title, subtitle: subtitle, width: width, height: y, content: content)
    }
}
