import Cognitron

extension Dataset {
    /// The texts in one column of a table, with the classes in another.
    ///
    /// - Parameter options: `targets`, `table`, `testShare`, `seed` and `coding` are used. Without a target it is
    ///   the last other column.
    /// - Throws: `CognitronError.data` where the columns hold something else, or values are missing that are
    ///   neither left out nor filled.
    init(
        _ name: String, _ summary: String, _ table: Table, _ column: String, _ options: DatasetOptions
    ) throws {
        let others = table.columnNames.filter { $0 != column }
        let chosen = options.targets.isEmpty ? Array(others.suffix(1)) : options.targets
        var table = table
        if options.table.missing == .refuse {
            for column in [try table[column]] + (try chosen.map { try table[$0] })
            where (0..<table.rowCount).contains(where: column.isMissing) {
                throw CognitronError(
                    .data, table.name, "values are missing in column \(column.name)",
                    advice: "leave such rows out with --missing drop")
            }
        } else {
            table = try table.droppingMissing(in: [column] + chosen)
        }
        guard let texts = try table[column].texts?.compactMap(\.self) else {
            throw CognitronError(
                .data, table.name, "column \(column) holds numbers", expected: "texts",
                advice: "name the column with the texts")
        }
        let targets = try TableTargets(of: table, chosen, task: .classification)
        let labels = try targets.targets(table).scalars.map { Int($0) }
        let parts = try TextParts(
            texts, labels, testShare: options.testShare, seed: options.seed, coding: options.coding)
        let task = targets.task
        self.init(name, summary, task: task, shape: parts.shape) { split, _ in
            try parts.part(split, name, task)
        }
    }
}
