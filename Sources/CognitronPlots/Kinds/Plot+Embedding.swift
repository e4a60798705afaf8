import Cognitron

extension Plot {
    /// Places of samples in two dimensions, in a colour for each class.
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
        let series = present.enumerated().map { order, number in
            let members = (0..<places.shape[0]).filter { classes == nil || classes?[$0] == number }
            let name = classNames.indices.contains(number) ? classNames[number] : "\(number)"
            return Chart.Series(
                classes == nil ? "" : name,
                members.map { (Double(numbers[2 * $0]), Double(numbers[2 * $0 + 1])) }, style: .points,
                color: order)
        }
        var chart = Chart(
            title, subtitle: subtitle, x: Chart.Axis(axes.x), y: Chart.Axis(axes.y), series: series)
        chart.pointRadius = places.shape[0] > 400 ? 2 : 3
        return chart.plot(width: 600, height: 420)
    }
}
