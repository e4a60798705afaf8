import Cognitron

/// How rows of a table became samples for a network: what other tables for the same network need.
///
///     let coding = try #require(part.table)
///     let x = try coding.encoding.inputs(Table(contentsOf: "new.csv"))
public struct TableCoding: Hashable, Sendable, Codable {
    /// The inputs, with the categories and the values in place of missing ones.
    public let encoding: TableEncoding

    /// What is predicted.
    public let targets: TableTargets

    public init(_ encoding: TableEncoding, _ targets: TableTargets) {
        (self.encoding, self.targets) = (encoding, targets)
    }
}
