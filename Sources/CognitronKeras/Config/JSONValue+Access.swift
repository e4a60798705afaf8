import Cognitron
import Foundation

// How configurations are read and written.

extension JSONValue {
    /// The form in which a value is saved.
    init(encoding value: some Encodable) throws {
        self = try JSONValue(Array(try JSONEncoder().encode(value)), "configuration")
    }

    /// The value that was saved in this form.
    func decode<T: Decodable>(_ type: T.Type = T.self) throws -> T {
        try JSONDecoder().decode(type, from: Data(text.utf8))
    }

    /// The member of an object; nil where there is none. Setting nil removes it.
    subscript(key: String) -> JSONValue? {
        get { members?.first { $0.key == key }?.value }
        set {
            var members = members ?? []
            let place = members.firstIndex { $0.key == key }
            switch (place, newValue) {
            case (let place?, let value?): members[place].value = value
            case (let place?, nil): members.remove(at: place)
            case (nil, let value?): members.append(Member(key, value))
            case (nil, nil): break
            }
            self = .object(members)
        }
    }

    /// The member of a member …
    subscript(path: [String]) -> JSONValue? {
        get { path.reduce(Optional(self)) { $0?[$1] } }
        set {
            guard let first = path.first else { return self = newValue ?? .null }
            guard path.count > 1 else { return self[first] = newValue }
            var inner = self[first] ?? .object([])
            inner[Array(path.dropFirst())] = newValue
            self[first] = inner
        }
    }

    var members: [Member]? { if case .object(let members) = self { members } else { nil } }
    var list: [JSONValue]? { if case .list(let values) = self { values } else { nil } }
    var string: String? { if case .text(let text) = self { text } else { nil } }
    var isTrue: Bool { self == .flag(true) }

    /// A whole number, also one that is written as 2.0.
    var int: Int? {
        switch self {
        case .integer(let number): number
        case .number(let number): Int(exactly: number)
        default: nil
        }
    }

    var double: Double? {
        switch self {
        case .integer(let number): Double(number)
        case .number(let number): number
        default: nil
        }
    }

    /// Whether it is null, false, or an empty list or object: what an argument that is not used has.
    var isNothing: Bool {
        switch self {
        case .null, .flag(false), .list([]), .object([]): true
        default: false
        }
    }

    /// The value in messages.
    var brief: String { text.count > 100 ? text.prefix(100) + "…" : text }

    /// Equal, whole numbers and others alike.
    func isEqual(to other: JSONValue) -> Bool {
        if let a = double, let b = other.double { return a == b || Float(a) == Float(b) }
        switch (self, other) {
        case (.list(let a), .list(let b)):
            return a.count == b.count && zip(a, b).allSatisfy { $0.isEqual(to: $1) }
        case (.object(let a), .object(let b)):
            return a.count == b.count
                && a.allSatisfy { member in other[member.key].map { member.value.isEqual(to: $0) } ?? false }
        default: return self == other
        }
    }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    package init(stringLiteral value: String) { self = .text(value) }
    package init(integerLiteral value: Int) { self = .integer(value) }
    package init(booleanLiteral value: Bool) { self = .flag(value) }
    package init(arrayLiteral elements: JSONValue...) { self = .list(elements) }
    package init(dictionaryLiteral elements: (String, JSONValue)...) {
        self = .object(elements.map { Member($0.0, $0.1) })
    }
}
