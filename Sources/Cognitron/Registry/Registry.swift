import Foundation
import Synchronization

/// The types that files may name where a member of one open set stands: an initializer, a layer …
///
/// The package's own types go by their bare name, `Dense`; others by module and name, `MyModels.Dense`, so
/// that two modules may use a name for different types.
package final class Registry: Sendable {
    package typealias Member = any (Codable & Sendable).Type

    /// What a member is called in messages: `layer type`.
    private let kind: String
    /// The function that adds a member: `LayerRegistry.register`.
    private let registration: String
    private let file: String
    /// Members by name. Two of one name are both kept, so that files that use it are refused.
    private let members: Mutex<[String: [Member]]>

    /// - Parameter file: the part of a file that names the members, for messages.
    package init(
        _ kind: String, registration: String, file: String = "architecture", _ own: [Member]
    ) {
        self.kind = kind
        self.registration = registration
        self.file = file
        members = Mutex(Dictionary(grouping: own, by: Self.name))
    }

    /// Lets files name this type.
    package func register(_ type: Member) {
        members.withLock { members in
            let name = Self.name(of: type)
            let known = members[name, default: []]
            guard !known.contains(where: { $0 == type }) else { return }
            members[name] = known + [type]
        }
    }

    package var names: [String] { members.withLock { $0.keys.sorted() } }

    /// The type that files call `name`.
    ///
    /// A name without a module also means another module's type, where only one fits: versions up to 0.1
    /// wrote all types that way.
    ///
    /// - Throws: `CognitronError` of kind `.file` where no type is called that, `.argument` where several
    ///   are.
    func member(named name: String) throws -> Member {
        let found = members.withLock { members in
            members[name] ?? members.values.joined().filter { String(describing: $0) == name }
        }
        guard let member = found.first else {
            throw CognitronError(
                .file, file, "unknown \(kind) \(name.split(separator: ".").last ?? "")",
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
        // A private type's context is an address, another one in every run.
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

    /// Reads what `encode` wrote. A missing configuration is an empty one.
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
