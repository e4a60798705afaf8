/// Lines, points and bars over two axes.
///
///     let chart = Chart(
///         "Sine", x: .init("angle (rad)"), y: .init("sine"),
///         series: [.init("sin", xs.map { ($0, sin($0)) })])
///     try chart.plot().write(to: "sine.svg")
///
/// Numbers that are not finite leave a gap, and a cross on the lower axis.
public struct Chart: Sendable {
    /// The numbers that belong together, drawn in one colour.
    public struct Series: Sendable {
        public enum Style: Sendable {
            /// A line, with dots where there are few points.
            case line
            /// A dashed line, with dots where there are few points.
            case dashed
            /// Dots alone.
            case points
            /// Bars from 0, as wide as the points are apart.
            case bars
        }

        /// Its name in the legend; empty for none.
        public var name: String
        public var points: [SIMD2<Double>]
        public var style: Style
        /// Which of the eight colours; by default the series' number.
        public var color: Int?
        /// A colour of one's own for points, such as one of a scale.
        var fill: String?
        /// Thin and pale, for what is only a background.
        public var isFaint = false
        /// Whether a line's points get dots; by default where there are at most forty.
        public var hasDots: Bool?

        public init(
            _ name: String, _ points: [(Double, Double)], style: Style = .line, color: Int? = nil,
            isFaint: Bool = false
        ) {
            (self.name, self.points) = (name, points.map { SIMD2($0.0, $0.1) })
            (self.style, self.color, self.isFaint) = (style, color, isFaint)
        }
    }

    /// A line across the chart at one value, with a label.
    public struct Mark: Sendable {
        public enum Direction: Sendable { case horizontal, vertical }

        public var label: String
        public var value: Double
        public var direction: Direction

        public init(_ label: String, at value: Double, _ direction: Direction = .vertical) {
            (self.label, self.value, self.direction) = (label, value, direction)
        }
    }

    public var title: String
    public var subtitle: String
    public var x: Axis
    public var y: Axis
    public var series: [Series]
    public var marks: [Mark]
    /// The radius of dots in pixels.
    var pointRadius = 3.0
    /// Whether a line joins (0, 0) and (1, 1): what guessing gives in a ROC chart.
    var hasDiagonal = false

    public init(
        _ title: String, subtitle: String = "", x: Axis, y: Axis, series: [Series], marks: [Mark] = []
    ) {
        (self.title, self.subtitle, self.x, self.y) = (title, subtitle, x, y)
        (self.series, self.marks) = (series, marks)
    }

    /// The drawing.
    ///
    /// - Parameters:
    ///   - width: of the chart with its axes' texts, in pixels.
    ///   - height: of the area between the axes.
    public func plot(width: Double = 600, height: Double = 260) -> Plot {
        let (content, total) = drawn(width: width, height: height)
        return Plot(title, subtitle: subtitle, width: width, height: total, content: content)
    }
}
