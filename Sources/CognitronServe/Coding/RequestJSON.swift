/// A value of a request's JSON. Nested lists of numbers are one array of `Float`: what requests mostly consist of.
enum RequestJSON: Equatable, Sendable {
    case null
    case bool(Bool)
    case number(Double)
    case text(String)
    case list([RequestJSON])
    /// Lists of numbers, nested as deep as `shape` has axes; all lists of a level have the same length.
    case numbers([Float], shape: [Int])
    case object([String: RequestJSON])

    subscript(_ name: String) -> RequestJSON? {
        if case .object(let members) = self { members[name] } else { nil }
    }

    var text: String? { if case .text(let text) = self { text } else { nil } }
    var bool: Bool? { if case .bool(let value) = self { value } else { nil } }

    var number: Double? { if case .number(let number) = self { number } else { nil } }

    /// The number, where it is a whole one.
    var integer: Int? { number.flatMap { Int(exactly: $0) } }

    /// The elements of a list of any kind.
    var elements: [RequestJSON]? {
        switch self {
        case .list(let elements): elements
        case .numbers(let numbers, let shape) where shape.count == 1: numbers.map { .number(Double($0)) }
        default: nil
        }
    }

    /// What it is, for messages.
    var kind: String {
        switch self {
        case .null: "null"
        case .bool: "a truth value"
        case .number: "a number"
        case .text: "a text"
        case .list: "a list"
        case .numbers(_, let shape): "numbers of shape \(shape.map(String.init).joined(separator: " × "))"
        case .object: "an object"
        }
    }
}
