import Cognitron

extension Int {
    /// The problem of an argument outside `range`.
    func problem(_ name: String, in range: ClosedRange<Int>, _ image: Shape) -> RuleProblem? {
        guard !range.contains(self) else { return nil }
        return (
            "a \(name) of \(range.lowerBound) to \(range.upperBound) for images of \(image[0])×\(image[1])",
            "\(self)"
        )
    }
}

extension Float {
    /// The problem of an argument outside a range.
    func problem(_ name: String, in range: ClosedRange<Float>) -> RuleProblem? {
        range.contains(self) ? nil : ("a \(name) of \(range.lowerBound) to \(range.upperBound)", "\(self)")
    }

    func problem(_ name: String, in range: Range<Float>) -> RuleProblem? {
        range.contains(self)
            ? nil : ("a \(name) of \(range.lowerBound) to below \(range.upperBound)", "\(self)")
    }

    func problem(_ name: String, above low: Float, to high: Float) -> RuleProblem? {
        self > low && self <= high ? nil : ("a \(name) above \(low), to \(high)", "\(self)")
    }
}
