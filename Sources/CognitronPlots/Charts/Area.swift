/// The area between the axes of a chart, in pixels, and what is drawn in it.
struct Area {
    let left: Double
    let top: Double
    let width: Double
    let height: Double
    let xAxis: Chart.Axis
    let yAxis: Chart.Axis
    let xRange: ClosedRange<Double>
    let yRange: ClosedRange<Double>
    let pointRadius: Double

    var right: Double { left + width }
    var bottom: Double { top + height }

    func x(_ value: Double) -> Double { left + width * xAxis.place(value, in: xRange) }
    func y(_ value: Double) -> Double { bottom - height * yAxis.place(value, in: yRange) }

    /// The most points of a line that get dots.
    private static let mostDots = 40

    /// A line through the points that the axes can show, and crosses for the others.
    func line(_ series: Chart.Series, number: Int) -> [SVG] {
        let color = Palette.series(number)
        var (data, isOpen) = ("", false)
        var (dots, crosses): ([SVG], [SVG]) = ([], [])
        let hasDots =
            series.style == .points
            || series.hasDots ?? (series.points.count <= Self.mostDots && !series.isFaint)
        for point in series.points {
            guard xAxis.shows(point.x), yAxis.shows(point.y) else {
                if xAxis.shows(point.x) { crosses.append(cross(x(point.x), color, point)) }
                isOpen = false
                continue
            }
            let (px, py) = (x(point.x), y(point.y))
            data += "\(isOpen ? "L" : "M")\(px.svgText) \(py.svgText)"
            isOpen = true
            if hasDots {
                dots.append(
                    .marker(
                        px, py, pointRadius, number, fill: series.fill,
                        opacity: series.style == .points ? 0.8 : nil))
            }
        }
        if series.style == .points { return dots + crosses }
        let line = SVG.path(
            data, color, width: series.isFaint ? 1 : 2, isDashed: series.style == .dashed,
            opacity: series.isFaint ? 0.6 : nil)
        return (data.isEmpty ? [] : [line]) + dots + crosses
    }

    private func cross(_ px: Double, _ color: String, _ point: SIMD2<Double>) -> SVG {
        let (left, top) = ((px - 4).svgText, (bottom - 8).svgText)
        return SVG(
            "path",
            ["d": "M\(left) \(top)l8 8m0 -8l-8 8", "fill": "none", "stroke": color, "stroke-width": 2.0],
            [SVG("title", text: "\(point.y.significant(3)) at \(point.x.significant(4))")])
    }

    /// Bars from 0, side by side where several series have them.
    func bars(_ series: Chart.Series, _ color: String, place: (index: Int, count: Int)) -> [SVG] {
        let xs = series.points.map { x($0.x) }
        let gap = zip(xs.dropFirst(), xs).map { $0 - $1 }.min() ?? width / 2
        let slot = max(1, gap * (gap > 12 ? 0.8 : 1))
        let own = slot / Double(place.count)
        let zero = y(max(0, yRange.lowerBound))
        return zip(series.points, xs).compactMap { point, middle in
            guard yAxis.shows(point.y) else { return nil }
            let value = y(point.y)
            return .rectangle(
                middle - slot / 2 + own * Double(place.index), min(zero, value), max(own - 0.5, 0.5),
                abs(zero - value), fill: color,
                tip: "\(point.x.significant(4)): \(point.y.significant(4))")
        }
    }

    var diagonal: SVG { .line(x(0), y(0), x(1), y(1), Palette.frame, isDashed: true) }

    /// A dashed line across the area, with its label beside it.
    func mark(_ mark: Chart.Mark) -> SVG {
        let label = Label(mark.label, size: Label.small)
        guard mark.direction == .vertical else {
            let height = y(mark.value)
            return SVG(
                "g", [:],
                [
                    .line(left, height, right, height, Palette.faint, isDashed: true),
                    label.at(right - 4, height - 4, .end),
                ])
        }
        let place = x(mark.value)
        let fitsRight = place + 6 + label.width < right
        return SVG(
            "g", [:],
            [
                .line(place, top, place, bottom, Palette.faint, isDashed: true),
                label.at(place + (fitsRight ? 6 : -6), top + 12, fitsRight ? .start : .end),
            ])
    }
}
