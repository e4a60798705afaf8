/// A member of an open set that goes by a name: a data set, a network.
///
/// Commands and files hold the name, and the set's table finds the member:
///
///     Dataset.register(.stripes)
///     let dataset = try Dataset(named: "stripes")
///
/// Members of the same name are equal. In files, a member is its name, so what a file names must be
/// registered before the file is read.
public protocol NamedValue: Hashable, Sendable, Codable, CustomStringConvertible {
    /// Lower case, as in commands: `fashion-mnist`.
    var name: String { get }

    /// All members of the set.
    static var table: NameTable<Self> { get }
}

extension NamedValue {
    /// All members, the package's own first.
    public static var registered: [Self] { table.values }

    /// Adds a member. It replaces one of the same name.
    public static func register(_ value: Self) { table.register(value) }

    /// Finds a member; upper and lower case are alike.
    ///
    /// - Throws: `CognitronError.argument`, which lists the known names and suggests the nearest one.
    public init(named name: String) throws { self = try Self.table.value(named: name) }

    public init(from decoder: any Decoder) throws {
        try self.init(named: decoder.singleValueContainer().decode(String.self))
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(name)
    }

    public static func == (a: Self, b: Self) -> Bool { a.name == b.name }
    public func hash(into hasher: inout Hasher) { hasher.combine(name) }
    public var description: String { name }
}
