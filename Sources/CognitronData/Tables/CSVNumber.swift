// Reads decimal numbers from bytes, without making text of them.

import Foundation

enum CSVNumber {
    /// How a column writes its numbers.
    enum Style {
        /// 1234.5
        case point
        /// 1234,5 or 1.234,5
        case comma
    }

    /// The number in a field; nil where it is none, or too large for `Float`.
    ///
    /// Numbers of up to 15 digits with exponents of up to 22 are exact products or quotients of two exact
    /// numbers, rounded once (Clinger 1990); others go through `Double.init`.
    static func value(_ bytes: [UInt8], _ range: Range<Int>, _ style: Style) -> Double? {
        guard let parts = Parts(bytes, range, style) else { return nil }
        let value: Double?
        if parts.digitCount <= 15, abs(parts.exponent) <= 22 {
            let mantissa = Double(parts.mantissa)
            let power = powersOfTen[abs(parts.exponent)]
            value = parts.exponent < 0 ? mantissa / power : mantissa * power
        } else {
            value = Double(plainText(bytes, range, style)).map(abs)
        }
        guard let value, value <= Double(Float.greatestFiniteMagnitude) else { return nil }
        return parts.isNegative ? -value : value
    }

    /// The number with a point and without a separator of thousands.
    private static func plainText(_ bytes: [UInt8], _ range: Range<Int>, _ style: Style) -> String {
        let number = bytes[range]
        guard style == .comma else { return String(decoding: number, as: UTF8.self) }
        return String(
            decoding: number.filter { $0 != point }.map { $0 == comma ? point : $0 }, as: UTF8.self)
    }

    private static let powersOfTen: [Double] = (0...22).map { Double("1e\($0)") ?? .nan }
    private static let point = UInt8(ascii: ".")
    private static let comma = UInt8(ascii: ",")

    /// ±mantissa · 10^exponent.
    private struct Parts {
        var isNegative = false
        var mantissa: UInt64 = 0
        /// The digits of the mantissa; those past the 19th are counted but not kept.
        var digitCount = 0
        var exponent = 0

        init?(_ bytes: [UInt8], _ range: Range<Int>, _ style: Style) {
            var at = range.lowerBound
            let end = range.upperBound
            guard at < end else { return nil }
            if bytes[at] == UInt8(ascii: "-") || bytes[at] == UInt8(ascii: "+") {
                isNegative = bytes[at] == UInt8(ascii: "-")
                at += 1
            }
            let whole = at
            while at < end, take(bytes[at]) { at += 1 }
            if style == .comma, at - whole <= 3, at > whole {
                while at + 3 < end, bytes[at] == point, take(bytes[at + 1]), take(bytes[at + 2]),
                    take(bytes[at + 3])
                { at += 4 }
            }
            var count = at - whole
            if at < end, bytes[at] == (style == .comma ? comma : point) {
                at += 1
                let fraction = at
                while at < end, take(bytes[at]) { at += 1 }
                exponent = fraction - at
                count += at - fraction
            }
            guard count > 0 else { return nil }
            if at < end, bytes[at] | 0x20 == UInt8(ascii: "e") {
                guard let power = Self.power(bytes, at + 1..<end) else { return nil }
                exponent += power
                at = end
            }
            guard at == end else { return nil }
        }

        /// Adds one digit; false where the byte is none.
        private mutating func take(_ byte: UInt8) -> Bool {
            let digit = byte &- UInt8(ascii: "0")
            guard digit < 10 else { return false }
            if digitCount < 19 { mantissa = mantissa * 10 + UInt64(digit) }
            if digitCount > 0 || digit > 0 { digitCount += 1 }
            return true
        }

        /// The number behind an e.
        private static func power(_ bytes: [UInt8], _ range: Range<Int>) -> Int? {
            guard range.count <= 6 else { return nil }
            return Int(String(decoding: bytes[range], as: UTF8.self))
        }
    }
}
