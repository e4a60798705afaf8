/// A JSON value as a tree, with the members of objects in their order.
package enum JSONValue: Sendable, Equatable {
    case null
    case flag(Bool)
    case integer(Int)
    case number(Double)
    case text(String)
    case list([JSONValue])
    case object([Member])

    package struct Member: Sendable, Equatable {
        package var key: String
        package var value: JSONValue

        package init(_ key: String, _ value: JSONValue) { (self.key, self.value) = (key, value) }
    }
}

extension JSONValue {
    /// Reads a text of one value. The tree takes at most 48 bytes for each of the text.
    ///
    /// - Parameter place: the file or its part, for messages.
    /// - Throws: `CognitronError` of kind `.file` where the text is not UTF-8 or not JSON (see `StrictJSON`),
    ///   or nested more than 128 levels deep.
    package init(_ bytes: [UInt8], _ place: String) throws {
        guard !bytes.contains(0), String(validating: bytes, as: UTF8.self) != nil else {
            throw CognitronError.damaged(place, "is not a text in UTF-8")
        }
        var json = StrictJSON(bytes)
        do {
            self = try json.value()
            try json.end()
        } catch let fault as StrictJSON.Fault {
            let keys = fault.path.isEmpty ? "" : " at " + fault.path.map(\.quoted).joined(separator: ", ")
            throw CognitronError.damaged(
                place, "is not valid JSON" + keys, expected: fault.expected, got: fault.received)
        }
    }

    /// The value as a text on one line.
    package var text: String {
        switch self {
        case .null: "null"
        case .flag(let flag): "\(flag)"
        case .integer(let number): "\(number)"
        case .number(let number): "\(number)"
        case .text(let text): Self.quoted(text)
        case .list(let values): "[" + values.map(\.text).joined(separator: ", ") + "]"
        case .object(let members):
            "{" + members.map { "\(Self.quoted($0.key)): \($0.value.text)" }.joined(separator: ", ") + "}"
        }
    }

    private static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": quoted += "\\\(scalar)"
            case ..<" ":
                let digits = String(scalar.value, radix: 16)
                quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}

extension StrictJSON {
    /// Reads any value.
    fileprivate mutating func value() throws -> JSONValue {
        switch peek() {
        case UInt8(ascii: "{"):
            var members: [JSONValue.Member] = []
            try object { members.append(.init($0, try $1.value())) }
            return .object(members)
        case UInt8(ascii: "["):
            var values: [JSONValue] = []
            try sequence("[", "]", of: "a list") { values.append(try $0.value()) }
            return .list(values)
        case UInt8(ascii: "\""): return .text(try text())
        default:
            let word = try bareWord()
            switch word {
            case "null": return .null
            case "true": return .flag(true)
            case "false": return .flag(false)
            default:
                if let number = Int(word) { return .integer(number) }
                guard let number = Double(word), number.isFinite else {
                    throw Fault(expected: "a number that a Double holds", received: word)
                }
                return .number(number)
            }
        }
    }
}
