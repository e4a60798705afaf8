/// Writes the scores of every epoch into a file of comma-separated values.
///
///     epoch,accuracy,loss,val_accuracy,val_loss
///     1,0.71,0.93,0.80,0.61
///
/// The columns are the epoch, from 1, and the scores by name, as Keras sorts them. A score that an epoch did
/// not measure is `NA`. A training that is resumed from a checkpoint continues the same file, with each epoch
/// in one row; it needs no `append`. A training that ends before its first epoch does leaves no file, or the
/// earlier one as it was.
///
/// - Source: Keras `CSVLogger`.
public final class CSVLogger: Callback {
    public var isForFirstRank: Bool { true }
    private let separator: String
    private var file: LogFile
    private var columns: [String] = []

    /// - Parameters:
    ///   - filename: the file to write; it is replaced unless `append`.
    ///   - separator: between the values of a row.
    ///   - append: whether rows are added to a file that exists, without a further header.
    public init(_ filename: String, separator: String = ",", append: Bool = false) {
        self.separator = separator
        file = LogFile(filename, append: append)
    }

    /// - Throws: `CognitronError` where the file cannot be written or the separator is empty.
    public func onTrainBegin(_ model: Model) throws {
        guard !separator.isEmpty else {
            throw CognitronError(
                .argument, "CSVLogger", "invalid separator", expected: "at least one character", got: "none")
        }
        columns = []
        try file.begin()
    }

    public func onEpochEnd(_ epoch: Int, _ scores: Scores, _ model: Model) throws {
        var text = ""
        if columns.isEmpty {
            columns = Self.columns(scores, hasValidation: model.trainer?.run?.hasValidation == true)
            if file.isEmpty { text = row(["epoch"] + columns) }
        }
        try file.write(text + row(["\(epoch)"] + columns.map { scores[$0]?.text ?? "NA" }))
    }

    public func onTrainEnd(_ model: Model) throws { file.end() }

    /// The names of the scores, sorted. The first epoch may not measure the validation data.
    private static func columns(_ scores: Scores, hasValidation: Bool) -> [String] {
        let names = scores.names.sorted()
        guard hasValidation, !names.contains(where: { $0.hasPrefix("val_") }) else { return names }
        return names + names.map { "val_" + $0 }
    }

    private func row(_ values: [String]) -> String {
        values.map(quoted).joined(separator: separator) + "\n"
    }

    /// A value, in quotes where it holds the separator (RFC 4180).
    private func quoted(_ value: String) -> String {
        guard value.contains(separator) || value.contains("\"") || value.contains("\n") else { return value }
        return "\"" + value.replacing("\"", with: "\"\"") + "\""
    }
}

extension CSVLogger: Stateful {
    public func saveState() -> StateTree { ["file": file.state, "columns": StateTree(columns)] }

    public func restore(_ state: StateTree) throws {
        columns = try state.get("columns")
        try file.restore(try state.get("file"))
    }
}
