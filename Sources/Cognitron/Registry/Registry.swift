import CognitronKernels
import Foundation

/// The types of one open set, such as initializers or layers, by their names in files.
///
/// Types of this package have their bare name, `Dense`; others have the module too, `MyModels.Dense`, so that
/// two modules may use the same name.
package final class Registry: Sendable {
    package typealias Member = any (Codable & Sendable).Type

    /// The word for a member in messages: `layer type`.
    private let kind: String
    /// The name of the public function that registers a member: `LayerRegistry.register`.
    private let registration: String
    /// The part of a file that names the members, for messages.
    private let file: String
    /// Members by name. Two types of the same name are both kept: reading a file that contains it then
    /// throws.
    private let members: Locked<[String: [Member]]>

    /// - Parameter file: the part of a file that names the members, for messages.
    package init(
        _ kind: String, registration: String, file: String = "architecture", _ own: [Member]
    ) {
        self.kind = kind
        self.registration = registration
        self.file = file
        members = Locked(Dictionary(grouping: own, by: Self.name))
    }

    /// Registers a type.
    package func register(_ type: Member) {
        members.withLock { members in
            let name = Self.name(of: type)
            let known = members[name, default: []]
            guard !known.contains(where: { $0 == type }) else { return }
            members[name] = known + [type]
        }
    }

    package var names: [String] { members.withLock { $0.keys.sorted() } }

    /// The type with a name in files.
    ///
    /// A name without module also finds another module's type, if it is unique: versions up to 0.1 wrote all
    /// types without module.
    ///
    /// - Throws: `CognitronError` of kind `.file` where no type has that name, `.argument` where several
    ///   have.
    func member(named name: String) throws -> Member {
        let found = members.withLock { members in
            members[name] ?? members.values.joined().filter { String(describing: $0) == name }
        }
        guard let member = found.first else {
            throw CognitronError(
                .file, file, "unknown \(kind) \(name.split(separator: ".").last ?? "\"\"")",
                expected: "one of \(names.joined(separator: ", "))", got: name,
                advice: "for one of your own call \(registration) first")
        }
        guard found.count == 1 else {
            throw CognitronError(
                .argument, registration, "\(found.count) different types are called \(name)",
                expected: "one type of that name",
                got: found.map { Self.name(of: $0) }.sorted().joined(separator: ", "),
                advice: "rename all but one")
        }
        return member
    }

    /// The modules whose types go by their bare name.
    private static let ownModules = ["Cognitron", "CognitronData"]

    /// The name of a type in files.
    static func name(of type: Any.Type) -> String {
        let bare = String(describing: type)
        // Removes a private type's context, an address that differs in every run.
        let full = String(reflecting: type).replacing(/\(unknown context at \$[0-9a-f]+\)\./, with: "")
        return ownModules.contains { full.hasPrefix($0 + ".") } ? bare : full
    }
}

// MARK: - Rules in files

extension Registry {
    private enum CodingKeys: CodingKey { case type, configuration }

    /// Writes `{"type": "L1L2", "configuration": {"l1": 0, "l2": 0.01}}`.
    package func encode(_ rule: any Rule, to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(Self.name(of: type(of: rule)), forKey: .type)
        try rule.encode(to: container.superEncoder(forKey: .configuration))
    }

    /// Reads a rule that `encode` wrote. A missing configuration is read as an empty one.
    package func decode<R>(_ type: R.Type = R.self, from decoder: any Decoder) throws -> R {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let name = try container.decode(String.self, forKey: .type)
        let member = try member(named: name)
        let value: any Codable
        if container.contains(.configuration) {
            value = try member.init(from: container.superDecoder(forKey: .configuration))
        } else {
            value = try JSONDecoder().decode(member, from: Data("{}".utf8))
        }
        guard let rule = value as? R else {
            throw CognitronError(.file, file, "\(name) is no \(kind)")
        }
        return rule
    }
}
