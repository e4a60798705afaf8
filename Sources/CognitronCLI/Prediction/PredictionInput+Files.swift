import Cognitron
import CognitronData
import CognitronImages

extension PredictionInput {
    /// Files of the command line: pictures, or one table.
    ///
    /// - Throws: `CognitronError` where the model takes no such files.
    init(_ file: ModelFile, files: [String]) throws {
        let shape = try file.inputShape()
        if let coding = file.table {
            try self.init(coding, file.recipe?.samples ?? DatasetOptions(), table: files)
        } else if shape.rank == 3 {
            let source = try PictureSource(
                files, shape: shape, framing: file.recipe?.samples.framing ?? .stretch)
            self.init(names: files, source: source, samples: Array(files.indices), hasTruth: false)
        } else {
            throw CognitronError(
                .argument, file.path, "takes no files", expected: "numbers of samples of its data set",
                got: files.joined(separator: " "))
        }
    }

    /// The rows of a table, as those of the table that the model was trained on. Where it has the targets'
    /// columns, their values are shown beside the answers.
    private init(_ coding: TableCoding, _ options: DatasetOptions, table files: [String]) throws {
        guard files.count == 1 else {
            throw CognitronError(
                .argument, "predict", "takes one table at a time", expected: "one file", got: "\(files.count)"
            )
        }
        let table = try Table(contentsOf: files[0], options.table, skipsDamaged: options.skipsDamaged)
        let hasTruth = coding.targets.names.allSatisfy(table.columnNames.contains)
        let inputs = try coding.encoding.samples(table)
        let source = SampleSource([inputs], hasTruth ? [try coding.targets.targets(table)] : [])
        self.init(
            names: (0..<table.rowCount).map { "row \($0)" }, source: source,
            samples: Array(0..<table.rowCount), hasTruth: hasTruth)
    }
}
