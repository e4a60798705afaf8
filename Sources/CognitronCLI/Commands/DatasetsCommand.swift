import ArgumentParser
import CognitronData

/// `cognitron datasets`: lists the data sets and their locations.
struct DatasetsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "datasets", abstract: "Lists the data sets and where their files are.",
        discussion: """
            With a name, only that data set's location is shown, and the exit status is 1 if it is neither \
            here nor can be downloaded.
            """)

    @Argument(named: "Data set to look for (default: all).")
    var dataset: Dataset?

    @OptionGroup var data: DataOptions

    func run() throws {
        if let dataset {
            let location = try location(of: dataset)
            try Output.result("\(dataset): \(location.lines.joined(separator: " "))")
            if !location.isAvailable { throw ExitCode.failure }
        } else {
            for dataset in Dataset.registered {
                let lines =
                    [summary(of: dataset)] + credits(of: dataset) + (try location(of: dataset).lines)
                try Output.result("\(dataset): \(lines.joined(separator: "\n    "))")
            }
            try Output.result("\nYour own files, as --dataset FORM:PATH:")
            for scheme in DatasetScheme.registered {
                try Output.result("    \(scheme.name):\(scheme.argument)  \(scheme.summary)")
            }
        }
    }

    private func location(of dataset: Dataset) throws -> (lines: [String], isAvailable: Bool) {
        switch try dataset.locate(.train, from: data.data) {
        case .builtIn: return (["comes with the program"], true)
        case .local(let path): return ([path], true)
        case .packages(let commands):
            return (["not here; get it with"] + commands, false)
        case .download(let byteCount, let folder):
            guard dataset.isAvailable(.train, from: data.data) else {
                return (["not here, and its server does not answer; expected in", folder], false)
            }
            return (["not here; can be downloaded (\(byteCount / 1_000_000) MB) to", folder], true)
        }
    }

    /// `handwritten digits, 28 × 28 × 1, 10 classes`
    private func summary(of dataset: Dataset) -> String {
        let shape =
            dataset.shape.map { $0.rank == 1 ? count($0[0], "column") : "\($0)" }
            ?? (["text", "language"].contains(dataset.task.name) ? "any length" : "any size")
        let classes = dataset.classNames.count
        let task = dataset.task.kind == .classification ? "" : "\(dataset.task.name), "
        let kind = classes > 0 ? task + count(classes, "class", "classes") : dataset.task.name
        return "\(dataset.summary), \(shape), \(kind)"
    }

    /// `60000 samples to train on, 10000 to test with`, then origin and licence, as far as they are known.
    private func credits(of dataset: Dataset) -> [String] {
        let counts = [(DatasetSplit.train, "to train on"), (.test, "to test with")].compactMap { split, use in
            dataset.counts[split].map { "\($0) \(use)" }
        }
        let credits = [dataset.origin, dataset.licence].compactMap { $0 }
        return [counts.joined(separator: ", "), credits.joined(separator: "; ")].filter { !$0.isEmpty }
    }
}
