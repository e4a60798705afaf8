import Cognitron
import CognitronData
import CognitronImages
import CognitronPrediction
import Foundation

extension PredictionInput {
    /// Files of the command line: pictures, or one table.
    ///
    /// - Parameter skipsDamaged: whether pictures that cannot be read are left out, with a warning.
    /// - Throws: `CognitronError` where the model takes no such files.
    init(_ file: ModelFile, files: [String], skipsDamaged: Bool = false) throws {
        let shape = try file.inputShape()
        if let coding = file.table {
            try self.init(coding, file.origin?.samples ?? DatasetOptions(), table: files)
        } else if shape.rank == 3 {
            var source = try PictureSource(files, shape: shape, framing: file.framing)
            if skipsDamaged { source = try source.withoutDamaged() }
            for note in source.notes { Output.warn(note) }
            self.init(
                names: source.paths, source: source, samples: Array(source.paths.indices), hasTruth: false)
        } else {
            throw CognitronError(
                .argument, file.path, "takes no files", expected: "numbers of samples of its data set",
                got: files.joined(separator: " "))
        }
    }

    /// Pictures of folders and of those below them, and single files; or the test part of a data set.
    ///
    /// - Parameters:
    ///   - places: folders and files, or the name of a data set.
    ///   - ofAllClasses: whether classes of a data set that the model was not trained on count too.
    /// - Throws: `CognitronError` where there is no such place, or there are no pictures in it.
    init(
        _ file: ModelFile, places: [String], _ options: DataOptions, ofAllClasses: Bool, skipsDamaged: Bool
    ) throws {
        let missing = places.filter { !FileManager.default.fileExists(atPath: $0) }
        if let word = missing.first {
            guard places.count == 1, let name = try? DatasetName(word) else {
                throw CognitronError(
                    .file, word, "is no folder, no file and no data set",
                    expected: "a folder of pictures that exists, or a data set such as fashion-mnist")
            }
            try self.init(file.load(name, .test, options, ofAllClasses: ofAllClasses), word, [])
            return
        }
        let files = try places.flatMap { place in
            var isFolder: ObjCBool = false
            _ = FileManager.default.fileExists(atPath: place, isDirectory: &isFolder)
            return isFolder.boolValue ? try PictureSource.paths(inFolder: place) : [place]
        }
        try self.init(file, files: files, skipsDamaged: skipsDamaged)
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
