/// The range that a layer draws a strength from: one number, or the two ends of a range.
///
///     RandomRotation(0.1)                // from −0.1 to 0.1
///     RandomRotation([0, 0.25])
///     RandomRotation(RandomFactor(0...limit))
///
/// What one number stands for, each layer says: the range from its opposite to itself, or that from 0.
public struct RandomFactor: Hashable, Sendable {
    /// One or two numbers.
    let numbers: [Float]

    private init(numbers: [Float]) { self.numbers = numbers }

    public init(_ number: Float) { numbers = [number] }
    public init(_ range: ClosedRange<Float>) { numbers = [range.lowerBound, range.upperBound] }

    /// The ends of the range; of one number, that number twice.
    var ends: (lower: Float, upper: Float) { (numbers.min() ?? 0, numbers.max() ?? 0) }

    /// The range of two numbers, or from the opposite of one number to itself.
    var aboutZero: ClosedRange<Float> {
        numbers.count == 1 ? -abs(numbers[0])...abs(numbers[0]) : ends.lower...ends.upper
    }

    /// The range of two numbers, or from 0 to one number.
    var fromZero: ClosedRange<Float> {
        numbers.count == 1 ? min(0, numbers[0])...max(0, numbers[0]) : ends.lower...ends.upper
    }

    var text: String {
        numbers.count == 1 ? numbers[0].text : "[\(numbers.map(\.text).joined(separator: ", "))]"
    }
}

extension RandomFactor: ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral, ExpressibleByArrayLiteral {
    public init(floatLiteral value: Float) { self.init(value) }
    public init(integerLiteral value: Int) { self.init(Float(value)) }
    /// The two ends of a range.
    public init(arrayLiteral elements: Float...) { numbers = elements }
}

/// In files, a number or an array of two.
extension RandomFactor: Codable {
    public init(from decoder: any Decoder) throws {
        let value = try decoder.singleValueContainer()
        if let number = try? value.decode(Float.self) {
            self.init(number)
        } else {
            self.init(numbers: try value.decode([Float].self))
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        if numbers.count == 1 {
            try container.encode(numbers[0])
        } else {
            try container.encode(numbers)
        }
    }
}
