/// Numbers by name, in a fixed order: the loss, then the metrics.
///
///     let scores = try model.evaluate(x, y)
///     scores.loss
///     scores["accuracy"]
public struct Scores: Sendable, Equatable, CustomStringConvertible, ExpressibleByDictionaryLiteral {
    public private(set) var names: [String] = []
    private var values: [String: Float] = [:]

    public init() {}

    public init(dictionaryLiteral scores: (String, Float)...) {
        for (name, value) in scores { self[name] = value }
    }

    public subscript(name: String) -> Float? {
        get { values[name] }
        set {
            if values[name] == nil { names.append(name) }
            values[name] = newValue
        }
    }

    /// The names with their values, in order.
    var pairs: [(name: String, value: Float)] {
        names.compactMap { name in values[name].map { (name, $0) } }
    }

    /// The mean loss; NaN where none was measured.
    public var loss: Float { values["loss"] ?? .nan }

    /// The accuracy, where it is among the metrics.
    public var accuracy: Float? { values["accuracy"] }

    /// The same numbers, with `prefix` before their names.
    func prefixed(_ prefix: String) -> Scores {
        var result = Scores()
        for name in names { result[prefix + name] = values[name] }
        return result
    }

    mutating func append(_ other: Scores) {
        for name in other.names { self[name] = other[name] }
    }

    /// `loss 0.2134  accuracy 0.9310`
    public var description: String {
        pairs.map { "\($0) \(Self.format($1))" }.joined(separator: "  ")
    }

    /// Four decimals, or three significant digits of a very small number.
    static func format(_ value: Float) -> String {
        guard value.isFinite else { return value.text }
        if value != 0 && abs(value) < 1e-3 {
            var (mantissa, exponent) = (abs(value), 0)
            while mantissa < 1 {
                mantissa *= 10
                exponent -= 1
            }
            return "\(value < 0 ? "-" : "")\(mantissa.fixed(2))e\(exponent)"
        }
        return value.fixed(4)
    }
}
