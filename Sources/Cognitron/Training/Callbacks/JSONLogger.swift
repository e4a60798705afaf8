import Foundation

/// Writes the scores of every epoch into a file, as one line of JSON each.
///
///     {"epoch":1,"steps":938,"learning_rate":0.01,"loss":0.93,"accuracy":0.71}
///
/// `steps` counts all steps taken with the model, and `learning_rate` is that of the next step, of the first
/// optimizer. A number that is not finite is null. A training that is resumed from a checkpoint continues the
/// same file, with each epoch in one line; it needs no `append`. A training that ends before its first epoch
/// does leaves no file, or the earlier one as it was.
public final class JSONLogger: Callback {
    public var isForFirstRank: Bool { true }
    private var file: LogFile

    /// - Parameters:
    ///   - filename: the file to write; it is replaced unless `append`.
    ///   - append: whether lines are added to a file that exists.
    public init(_ filename: String, append: Bool = false) { file = LogFile(filename, append: append) }

    /// - Throws: `CognitronError` where the file cannot be written.
    public func onTrainBegin(_ model: Model) throws { try file.begin() }

    public func onEpochEnd(_ epoch: Int, _ scores: Scores, _ model: Model) throws {
        let trainer = model.trainer
        var fields = ["\"epoch\":\(epoch)", "\"steps\":\(trainer?.stepsTaken ?? 0)"]
        if let optimizer = trainer?.optimizers.first?.value {
            fields.append("\"learning_rate\":\(Self.number(optimizer.learningRate))")
        }
        for (name, value) in scores.pairs { fields.append("\(try Self.text(name)):\(Self.number(value))") }
        try file.write("{\(fields.joined(separator: ","))}\n")
    }

    public func onTrainEnd(_ model: Model) throws { file.end() }

    private static func number(_ value: Float) -> String { value.isFinite ? "\(value)" : "null" }

    private static func text(_ name: String) throws -> String {
        String(decoding: try JSONEncoder().encode(name), as: UTF8.self)
    }
}

extension JSONLogger: Stateful {
    public func saveState() -> StateTree { file.state }

    public func restore(_ state: StateTree) throws { try file.restore(state) }
}
