import Foundation

/// Keras's public names and their arguments, as Scripts/keras-signatures.py writes them.
struct KerasSignatures: Decodable {
    struct Group: Decodable {
        let title: String
        let names: [Name]
    }

    struct Name: Decodable {
        let name: String
        let aliases: [String]
        let arguments: [Argument]
    }

    struct Argument: Decodable {
        let name: String
        let defaultValue: KerasValue?

        init(name: String, defaultValue: KerasValue?) {
            (self.name, self.defaultValue) = (name, defaultValue)
        }

        /// `[name]` or `[name, default]`.
        init(from decoder: any Decoder) throws {
            var values = try decoder.unkeyedContainer()
            name = try values.decode(String.self)
            defaultValue = values.isAtEnd ? nil : try values.decode(KerasValue.self)
        }
    }

    let keras: String
    /// Arguments that no row speaks of.
    let leftOut: [String]
    let groups: [Group]

    static func load() throws -> KerasSignatures {
        let file = SourceTree.package.appending(path: "Tests/CognitronTests/Fixtures/keras-signatures.json")
        return try JSONDecoder().decode(KerasSignatures.self, from: Data(contentsOf: file))
    }
}

extension KerasSignatures.Argument {
    /// Whether our default, given as it stands in the source, means what Keras's does.
    func isDefault(_ text: String) -> Bool {
        guard let defaultValue else { return false }
        return switch (defaultValue, text) {
        // A decay of nothing, and a function that changes nothing.
        case (.none, "0"): name.hasSuffix("weight_decay")
        case (.none, ".linear"): name.hasSuffix("activation")
        default: defaultValue.isWritten(text)
        }
    }
}

/// A default in Python.
enum KerasValue: Decodable {
    case none, flag(Bool), number(Double), text(String), list([KerasValue])

    init(from decoder: any Decoder) throws {
        let value = try decoder.singleValueContainer()
        if value.decodeNil() {
            self = .none
        } else if let flag = try? value.decode(Bool.self) {
            self = .flag(flag)
        } else if let number = try? value.decode(Double.self) {
            self = .number(number)
        } else if let text = try? value.decode(String.self) {
            self = .text(text)
        } else {
            self = .list(try value.decode([KerasValue].self))
        }
    }

    /// Whether Swift spells the value so: None as nil or an empty list, 'same' as .same, (2, 2) as 2.
    func isWritten(_ swift: String) -> Bool {
        switch self {
        case .none: ["nil", "[]", "[:]"].contains(swift)
        case .flag(let flag): swift == "\(flag)"
        case .number(let number): Float(swift.filter { $0 != "_" }) == Float(number)
        case .text(let text): swift.hasPrefix("\"") ? swift == "\"\(text)\"" : Self.isMember(swift, text)
        case .list:
            swift.matches(of: /-?\d+(\.\d+)?/).map { Float($0.output.0) ?? .nan }.isAlike(numbers)
        }
    }

    /// The numbers of a list and of the lists within.
    private var numbers: [Float] {
        switch self {
        case .number(let number): [Float(number)]
        case .list(let values): values.flatMap(\.numbers)
        default: []
        }
    }

    private static func isMember(_ swift: String, _ name: String) -> Bool {
        let aliases = ["uniform": "random_uniform", "normal": "random_normal", "auto": "automatic"]
        let member = swift.replacing("()", with: "").split(separator: ".").last ?? ""
        return String(member).plainName == (aliases[name] ?? name).plainName
    }
}

extension [Float] {
    /// Whether both are the same, or the same number again and again.
    fileprivate func isAlike(_ other: [Float]) -> Bool {
        self == other || (Set(self) == Set(other) && Set(self).count == 1)
    }
}

extension String {
    /// The name without regard to how Python and Swift separate words: `learning_rate`, `learningRate`.
    var plainName: String { filter { $0 != "_" }.lowercased() }
}
