extension Chart {
    /// The chart's elements, and the height that they take.
    func drawn(width: Double, height: Double) -> (content: [SVG], height: Double) {
        let (xs, ys) = (series.flatMap { $0.points.map(\.x) }, yValues)
        let (xRange, yRange) = (x.resolved(xs), y.resolved(ys))
        let yTicks = y.ticks(yRange, count: 5)
        let widest = yTicks.texts.map { Label($0, size: Label.small).width }.max() ?? 0
        let (legend, legendHeight) = legend(width: width)
        let area = Area(
            left: widest + 10, top: legendHeight + (y.title.isEmpty ? 8 : 22), width: width - widest - 22,
            height: height, xAxis: x, yAxis: y, xRange: xRange, yRange: yRange, pointRadius: pointRadius)
        let marks = marks.filter { mark in
            mark.direction == .vertical
                ? x.shows(mark.value) && xRange.contains(mark.value)
                : y.shows(mark.value) && yRange.contains(mark.value)
        }
        let bars = series.filter { $0.style == .bars }
        var content = legend + grid(area, yTicks)
        if hasDiagonal { content.append(area.diagonal) }
        for (index, series) in series.enumerated() {
            let number = series.color ?? index
            if series.style == .bars {
                let place = (bars.firstIndex { $0.name == series.name } ?? 0, bars.count)
                content += area.bars(series, Palette.series(number), place: place)
            } else {
                content += area.line(series, number: number)
            }
        }
        content += marks.map { area.mark($0) }
        return (content, area.bottom + 18 + (x.title.isEmpty ? 0 : 18))
    }

    /// The values of all series, and 0 below bars.
    private var yValues: [Double] {
        series.flatMap { $0.points.map(\.y) } + (series.contains { $0.style == .bars } ? [0] : [])
    }

    /// The frame, the grid, the axes' numbers and titles.
    private func grid(_ area: Area, _ yTicks: Ticks) -> [SVG] {
        var content: [SVG] = []
        for (value, text) in zip(yTicks.values, yTicks.texts) {
            let height = area.y(value)
            content.append(.line(area.left, height, area.right, height, Palette.rule))
            content.append(
                Label(text, size: Label.small, color: Palette.faint).at(area.left - 6, height + 4, .end))
        }
        let widest =
            x.ticks(area.xRange, count: 8).texts.map { Label($0, size: Label.small).width }.max() ?? 0
        let xTicks = x.ticks(area.xRange, count: max(2, min(10, Int(area.width / (widest + 18)))))
        var lastRight = -Double.infinity
        for (value, text) in zip(xTicks.values, xTicks.texts) {
            let label = Label(text, size: Label.small, color: Palette.faint)
            let place = area.x(value)
            content.append(.line(place, area.bottom, place, area.bottom + 4, Palette.frame))
            guard place - label.width / 2 > lastRight + 4 else { continue }
            content.append(label.at(place, area.bottom + 16, .middle))
            lastRight = place + label.width / 2
        }
        content.append(.line(area.left, area.bottom, area.right, area.bottom, Palette.frame))
        if !y.title.isEmpty {
            content.append(
                Label(y.title, color: Palette.faint).fitted(to: area.right).at(0, area.top - 9))
        }
        if !x.title.isEmpty {
            content.append(
                Label(x.title, color: Palette.faint).fitted(to: area.width)
                    .at(area.left + area.width / 2, area.bottom + 33, .middle))
        }
        return content
    }

    /// A sample of each named series with its name, in rows.
    private func legend(width: Double) -> (content: [SVG], height: Double) {
        var content: [SVG] = []
        var (x, y) = (0.0, 10.0)
        for (index, series) in series.enumerated() where !series.name.isEmpty {
            let label = Label(series.name).fitted(to: width - 34)
            if x > 0, x + 30 + label.width > width { (x, y) = (0, y + 18) }
            content.append(series.sample(x, y - 4, number: series.color ?? index))
            content.append(label.at(x + 28, y))
            x += 28 + label.width + 18
        }
        return (content, content.isEmpty ? 0 : y + 8)
    }
}

extension Chart.Series {
    fileprivate func sample(_ x: Double, _ y: Double, number: Int) -> SVG {
        let color = Palette.series(number)
        return switch style {
        case .bars: .rectangle(x + 4, y - 5, 14, 10, fill: color)
        case .points: .marker(x + 11, y, 3.5, number, fill: fill)
        case .line, .dashed:
            .path(
                "M\(x.svgText) \(y.svgText)h22", color, width: isFaint ? 1 : 2, isDashed: style == .dashed,
                opacity: isFaint ? 0.6 : nil)
        }
    }
}

extension SVG {
    static func line(
        _ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, _ color: String, width: Double = 1,
        isDashed: Bool = false
    ) -> SVG {
        SVG(
            "line",
            [
                "x1": x1, "y1": y1, "x2": x2, "y2": y2, "stroke": color, "stroke-width": width,
                "stroke-dasharray": isDashed ? "5 3" : nil,
            ])
    }

    static func path(
        _ data: String, _ color: String, width: Double, isDashed: Bool = false, opacity: Double? = nil
    ) -> SVG {
        SVG(
            "path",
            [
                "d": data, "fill": "none", "stroke": color, "stroke-width": width, "stroke-linejoin": "round",
                "stroke-dasharray": isDashed ? "5 3" : nil, "opacity": opacity,
            ])
    }

    static func rectangle(
        _ x: Double, _ y: Double, _ width: Double, _ height: Double, fill: String, stroke: String? = nil,
        radius: Double? = nil, tip: String? = nil
    ) -> SVG {
        SVG(
            "rect",
            [
                "x": x, "y": y, "width": width, "height": height, "fill": fill, "stroke": stroke,
                "rx": radius,
            ], tip.map { [SVG("title", text: $0)] } ?? [])
    }

    private static let markerShapes = 4
    /// The number of series whose marks differ.
    static let markerCount = Palette.series.count * markerShapes

    /// The mark of a series' point: a disc, and for series beyond the eight colours a square, a triangle, a
    /// diamond.
    ///
    /// - Parameter fill: the colour of a disc, instead of the series'.
    static func marker(
        _ x: Double, _ y: Double, _ radius: Double, _ number: Int, fill: String? = nil,
        opacity: Double? = nil
    ) -> SVG {
        let color = fill ?? Palette.series(number)
        // Yellow is too pale on white without an edge.
        let edge: String? = color == Palette.series.last ? Palette.faint : nil
        let cycle = fill == nil ? number / Palette.series.count % markerShapes : 0
        guard cycle > 0 else {
            return SVG(
                "circle",
                ["cx": x, "cy": y, "r": radius, "fill": color, "stroke": edge, "opacity": opacity])
        }
        let r = radius * 1.15
        let corners: [[(Double, Double)]] = [
            [(-r, -r), (r, -r), (r, r), (-r, r)], [(0, -r), (r, r), (-r, r)],
            [(0, -r), (r, 0), (0, r), (-r, 0)],
        ]
        let points = corners[cycle - 1].map { "\((x + $0.0).svgText),\((y + $0.1).svgText)" }
        return SVG(
            "polygon",
            [
                "points": points.joined(separator: " "), "fill": color, "stroke": edge, "opacity": opacity,
            ])
    }
}
