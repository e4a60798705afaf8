#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// The values at which an axis has marks, and their texts.
struct Ticks: Equatable {
    let values: [Double]
    let texts: [String]

    /// Round values (1, 2 or 5 times a power of ten) within a range.
    ///
    /// - Parameters:
    ///   - count: about how many.
    ///   - isWhole: whether only whole numbers are wanted.
    init(linear range: ClosedRange<Double>, count: Int, isWhole: Bool = false, isShare: Bool = false) {
        let rough = (range.upperBound - range.lowerBound) / Double(max(count, 1))
        let power = pow(10, floor(log10(rough)))
        let factor = [1, 2, 5, 10].first { $0 * power >= rough * 0.7 } ?? 10
        let step = isWhole ? max(1, (factor * power).rounded()) : factor * power
        let first = Int((range.lowerBound / step - 1e-9).rounded(.up))
        let last = Int((range.upperBound / step + 1e-9).rounded(.down))
        values = first <= last ? (first...last).map { Double($0) * step } : []
        let decimals = max(0, -Int(floor(log10(step * (isShare ? 100 : 1)) + 1e-9)))
        texts = values.map {
            isShare ? $0.percent(decimals) : $0.text(decimals: decimals, largest: range.largest)
        }
    }

    /// Powers of ten within a range, with their doubles and quintuples where it is short.
    init(logarithmic range: ClosedRange<Double>) {
        let decades = Int(floor(log10(range.lowerBound)))...Int(ceil(log10(range.upperBound)))
        let span = log10(range.upperBound / range.lowerBound)
        let factors: [Double] = span < 1 ? [1, 2, 3, 5, 7] : (span < 3 ? [1, 2, 5] : [1])
        let stride = span > 8 ? Int((span / 6).rounded(.up)) : 1
        values = decades.filter { ($0 - decades.lowerBound) % stride == 0 }
            .flatMap { decade in factors.map { $0 * pow(10, Double(decade)) } }
            .filter { (range.lowerBound * 0.999...range.upperBound * 1.001).contains($0) }
        texts = values.map { $0.significant(2) }
    }
}

extension ClosedRange<Double> {
    fileprivate var largest: Double { Swift.max(abs(lowerBound), abs(upperBound)) }
}

// Numbers as texts.
extension Double {
    /// A number of a row whose steps have so many decimals.
    fileprivate func text(decimals: Int, largest: Double) -> String {
        guard decimals <= 4, largest < 1e6 else { return self == 0 ? "0" : significant(3) }
        return fixed(decimals)
    }

    /// 0.934 → "93.4 %"
    func percent(_ decimals: Int = 1) -> String {
        isFinite ? "\((self * 100).fixed(decimals)) %" : nonFiniteText
    }

    /// With so many decimals, and the typographic minus sign.
    func fixed(_ decimals: Int) -> String {
        guard isFinite, abs(self) < 1e12 else { return isFinite ? significant(3) : nonFiniteText }
        let scale = pow(10, Double(decimals))
        let scaled = Int((abs(self) * scale).rounded())
        let sign = self < 0 && scaled > 0 ? "−" : ""
        guard decimals > 0 else { return "\(sign)\(scaled)" }
        let fraction = String(scaled % Int(scale))
        let zeros = String(repeating: "0", count: decimals - fraction.count)
        return "\(sign)\(scaled / Int(scale)).\(zeros)\(fraction)"
    }

    /// With so many significant digits and no zeros after them; as a power of ten beyond 0.001 to 100,000.
    func significant(_ digits: Int) -> String {
        guard isFinite, self != 0 else { return isFinite ? "0" : nonFiniteText }
        let exponent = Int(floor(log10(abs(self)) + 1e-9))
        guard (-3..<5).contains(exponent) else {
            let mantissa = (self / pow(10, Double(exponent))).fixed(digits - 1).withoutZeros
            let factor = mantissa == "1" ? "" : (mantissa == "−1" ? "−" : "\(mantissa)·")
            return "\(factor)10\(exponent.superscript)"
        }
        return fixed(max(0, digits - 1 - exponent)).withoutZeros
    }

    private var nonFiniteText: String { isNaN ? "nan" : (self > 0 ? "∞" : "−∞") }
}

extension String {
    fileprivate var withoutZeros: String {
        guard contains(".") else { return self }
        var text = self
        while text.hasSuffix("0") { text.removeLast() }
        if text.hasSuffix(".") { text.removeLast() }
        return text
    }
}

extension Int {
    /// -12 → "⁻¹²"
    var superscript: String {
        let digits = Array("⁰¹²³⁴⁵⁶⁷⁸⁹")
        return (self < 0 ? "⁻" : "")
            + String(String(abs(self)).compactMap { $0.wholeNumberValue.map { digits[$0] } })
    }

    /// 1234567 → "1,234,567"
    var grouped: String {
        let digits = String(abs(self))
        let groups = digits.enumerated().reduce(into: "") { text, digit in
            if digit.offset > 0 && (digits.count - digit.offset) % 3 == 0 { text.append(",") }
            text.append(digit.element)
        }
        return (self < 0 ? "−" : "") + groups
    }
}
