import Cognitron

extension Plot {
    /// Places of samples in two dimensions, in a colour for each class. Beyond 32 classes, colours run from
    /// dark to bright with the class's number.
    ///
    /// - Parameters:
    ///   - places: (N, 2).
    ///   - labels: the class of each sample, (N); nil for one colour.
    ///   - axes: what the two dimensions are called.
    public static func embedding(
        _ places: Tensor, labels: Tensor? = nil, classNames: [String] = [], title: String,
        subtitle: String = "", axes: (x: String, y: String) = ("", "")
    ) -> Plot {
        let (numbers, classes) = (places.scalars, labels?.scalars.map { Int($0) })
        let present = classes.map { Set($0).sorted() } ?? [0]
        let isScale = present.count > SVG.markerCount
        let series = present.enumerated().map { order, number in
            let members = (0..<places.shape[0]).filter { classes == nil || classes?[$0] == number }
            let name = classNames.indices.contains(number) ? classNames[number] : "\(number)"
            let isNamed = classes != nil && (!isScale || scaleMarks(present.count).contains(order))
            var series = Chart.Series(
                isNamed ? name : "",
                members.map { (Double(numbers[2 * $0]), Double(numbers[2 * $0 + 1])) }, style: .points,
                color: order)
            if isScale { series.fill = ColorMap.viridis.text(Float(order) / Float(present.count - 1)) }
            return series
        }
        let note =
            isScale
            ? "\(present.count) classes, more than marks: colours run from dark to bright in their order, so "
                + "that neighbours look alike; the legend names some" : ""
        var chart = Chart(
            title, subtitle: [subtitle, note].filter { !$0.isEmpty }.joined(separator: ". "),
            x: Chart.Axis(axes.x), y: Chart.Axis(axes.y), series: series)
        chart.pointRadius = places.shape[0] > 400 ? 2 : 3
        return chart.plot(width: 600, height: 420)
    }

    /// Places on a scale of so many classes that its legend names.
    private static func scaleMarks(_ count: Int) -> Set<Int> { Set((0...4).map { $0 * (count - 1) / 4 }) }
}
