#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

extension Chart {
    /// One axis of a chart.
    public struct Axis: Sendable {
        /// How its numbers are spaced and written.
        public enum Scale: Sendable {
            case linear
            /// By powers of ten; numbers of 0 and below are left out.
            case logarithmic
            /// Whole numbers, such as epochs.
            case whole
            /// 0…1 as 0…100 %.
            case share
        }

        /// What it measures, with the unit: `loss (nats)`.
        public var title: String
        public var scale: Scale
        /// The numbers at its ends; nil for those of the data.
        public var range: ClosedRange<Double>?

        public init(_ title: String, scale: Scale = .linear, range: ClosedRange<Double>? = nil) {
            (self.title, self.scale, self.range) = (title, scale, range)
        }
    }
}

extension Chart.Axis {
    /// Whether the axis has a place for a number.
    func shows(_ value: Double) -> Bool {
        guard value.isFinite else { return false }
        if case .logarithmic = scale { return value > 0 }
        return true
    }

    /// The range that shows these numbers, with a little space at both ends.
    func resolved(_ values: [Double]) -> ClosedRange<Double> {
        if let range, range.lowerBound < range.upperBound { return range }
        let shown = values.filter(shows)
        guard let low = shown.min(), let high = shown.max() else {
            return scale == .logarithmic ? 0.1...1 : 0...1
        }
        switch scale {
        case .logarithmic: return low / 1.2...high * 1.2
        case .whole: return low - 0.4...high + 0.4
        case .share:
            let margin = max((high - low) * 0.06, 0.005)
            // The floor is 0 where the data come near it, as readers compare heights.
            return (low < 0.3 * high ? min(0, low) : low - margin)...max(high + margin, low + 2 * margin)
        case .linear:
            // Rounding errors of equal numbers are no range.
            let span = high - low
            let margin = span > 1e-6 * max(abs(low), abs(high)) ? span * 0.05 : max(abs(high) * 0.1, 1e-3)
            return (low >= 0 && low < 0.3 * high ? 0 : low - margin)...high + margin
        }
    }

    func ticks(_ range: ClosedRange<Double>, count: Int) -> Ticks {
        switch scale {
        case .linear: Ticks(linear: range, count: count)
        case .whole: Ticks(linear: range, count: count, isWhole: true)
        case .share: Ticks(linear: range, count: count, isShare: true)
        case .logarithmic: Ticks(logarithmic: range)
        }
    }

    /// The place of a number between the ends: 0 at the lower, 1 at the upper end, and nearer ends for
    /// numbers outside.
    func place(_ value: Double, in range: ClosedRange<Double>) -> Double {
        let share =
            scale == .logarithmic
            ? log(value / range.lowerBound) / log(range.upperBound / range.lowerBound)
            : (value - range.lowerBound) / (range.upperBound - range.lowerBound)
        return min(max(share, 0), 1)
    }
}
