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

    /// A table as one part, all rows.
    ///
    /// - Parameter name: the data set's.
    /// - Throws: `CognitronError.data` where the table lacks a column, or has other categories.
    public func part(_ table: Table, name: String) throws -> DatasetPart {
        var part = try DatasetPart(
            name: name, task: targets.task, inputShape: [encoding.featureCount],
            source: SampleSource(encoding.samples(table), targets.targets(table)))
        part.table = self
        return part
    }
}
