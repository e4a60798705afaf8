/// The padding of the input of a convolution or pooling.
public enum Padding: Hashable, Sendable {
    /// None.
    case valid
    /// Gives an output of ⌈size / stride⌉ pixels. An odd pixel goes at the end, as in Keras.
    case same
    /// dilationRate · (kernelSize − 1) zeros before the input, so that no output depends on a later step. For
    /// convolutions with one axis.
    case causal
    /// This many pixels on every side, as in PyTorch.
    case explicit(Int)
    /// The given number on each side of each axis.
    case margins(Margins)

    /// For each axis, the pixels on either side: `.explicit([1, 2])`. For a single axis, `.explicit([2, 0])`
    /// is two before it.
    public static func explicit(_ amounts: [Int]) -> Padding { .margins(amounts.margins) }

    /// For each axis, the pixels before and after it: `.explicit([[0, 1], [2, 0]])`.
    public static func explicit(_ sides: [[Int]]) -> Padding { .margins(sides.margins) }

    /// The explicit amounts; nil if a rule computes them.
    package var explicitMargins: Margins? {
        switch self {
        case .valid, .same, .causal: nil
        case .explicit(let amount): .every(amount)
        case .margins(let margins): margins
        }
    }
}

/// In files, `{"same": {}}`, `{"explicit": {"_0": 1}}` and `{"margins": {"_0": [[0, 1], [2, 0]]}}`.
extension Padding: Codable {
    private enum Name: String, CodingKey { case valid, same, causal, explicit, margins }
    private enum Value: String, CodingKey { case first = "_0" }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Name.self)
        guard container.allKeys.count == 1, let name = container.allKeys.first else {
            throw DecodingError.dataCorrupted(
                DecodingError.Context(codingPath: decoder.codingPath, debugDescription: "no kind of padding"))
        }
        func value<T: Decodable>(_ type: T.Type) throws -> T {
            try container.nestedContainer(keyedBy: Value.self, forKey: name).decode(T.self, forKey: .first)
        }
        switch name {
        case .valid: self = .valid
        case .same: self = .same
        case .causal: self = .causal
        case .explicit: self = .explicit(try value(Int.self))
        case .margins: self = .margins(try value(Margins.self))
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Name.self)
        func nested(_ name: Name) -> KeyedEncodingContainer<Value> {
            container.nestedContainer(keyedBy: Value.self, forKey: name)
        }
        switch self {
        case .valid: _ = nested(.valid)
        case .same: _ = nested(.same)
        case .causal: _ = nested(.causal)
        case .explicit(let amount):
            var values = nested(.explicit)
            try values.encode(amount, forKey: .first)
        case .margins(let margins):
            var values = nested(.margins)
            try values.encode(margins, forKey: .first)
        }
    }
}
