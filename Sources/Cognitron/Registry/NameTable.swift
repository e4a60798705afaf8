import CognitronKernels

/// The members of an open set by name, in the order of their registration.
public final class NameTable<Value: NamedValue>: Sendable {
    /// What a member is called in messages: `data set`.
    public let kind: String
    private let members: Locked<[Value]>
    private let open: @Sendable (_ name: String) throws -> Value?

    /// - Parameter open: makes members that no table can list, such as `folder:PATH`; nil for other names.
    public init(
        _ kind: String, _ values: [Value],
        open: @escaping @Sendable (_ name: String) throws -> Value? = { _ in nil }
    ) {
        self.kind = kind
        members = Locked(values)
        self.open = open
    }

    public var values: [Value] { members.withLock { $0 } }
    public var names: [String] { values.map(\.name) }

    func register(_ value: Value) {
        members.withLock { members in
            if let place = members.firstIndex(of: value) {
                members[place] = value
            } else {
                members.append(value)
            }
        }
    }

    func value(named name: String) throws -> Value {
        if let value = values.first(where: { $0.name.lowercased() == name.lowercased() }) { return value }
        if let value = try open(name) { return value }
        throw CognitronError(
            .argument, kind, "there is none called \"\(name)\"",
            expected: "one of \(names.joined(separator: ", "))", got: name,
            advice: name.nearest(of: names).map { "did you mean \($0)?" })
    }
}

extension String {
    /// The name that was probably meant; nil where none is similar.
    package func nearest(of names: [String]) -> String? {
        let own = lowercased()
        guard !own.isEmpty else { return nil }
        // One wrong character in three.
        let limit = max(1, own.count / 3)
        return names.map { name -> (name: String, distance: Int) in
            let other = name.lowercased()
            return (name, other.hasPrefix(own) ? 1 : own.editDistance(to: other))
        }
        .filter { $0.distance <= limit }
        .min { $0.distance < $1.distance }?.name
    }

    /// The number of characters to insert, delete or replace in this text to get the other (Levenshtein).
    private func editDistance(to other: String) -> Int {
        let other = Array(other)
        // row[j]: the distance between the characters of this text so far and the first j of the other.
        var row = Array(0...other.count)
        for (i, character) in enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for j in other.indices {
                let replaced = diagonal + (character == other[j] ? 0 : 1)
                diagonal = row[j + 1]
                row[j + 1] = Swift.min(replaced, row[j] + 1, row[j + 1] + 1)
            }
        }
        return row[other.count]
    }
}
