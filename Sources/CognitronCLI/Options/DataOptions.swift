import ArgumentParser
import Cognitron
import CognitronData
import Foundation

extension Dataset.Split: ExpressibleByArgument {}

/// The folder of the data.
struct DataOptions: ParsableArguments {
    @Option(
        help: """
            Folder with the data set, also the target of downloads (default: $COGNITRON_DATA, then \
            ~/.cache/cognitron/datasets).
            """)
    var data: String?

    func validate() throws {
        guard let data else { return }
        var isFolder: ObjCBool = false
        let exists = FileManager.default.fileExists(atPath: data, isDirectory: &isFolder)
        if data.isEmpty || exists && !isFolder.boolValue {
            throw ValidationError(
                "--data: expected a folder, got \(data.isEmpty ? "none" : "the file \(data)")")
        }
    }

    /// Loads one part of a data set with a model's input shape, printing the progress of downloads.
    func load(_ dataset: Dataset, _ split: Dataset.Split, for inputShape: Shape) throws -> LabelledImages {
        // Checked before any download.
        if let shape = dataset.shape, shape != inputShape {
            throw CognitronError(
                .shape, dataset.name, "its pictures do not fit this model", expected: "\(inputShape)",
                got: "\(shape)", advice: "name another data set with --dataset")
        }
        if case .download(let byteCount, let folder) = try dataset.locate(split, from: data) {
            Output.note("\(dataset) is not here: downloading \(byteCount / 1_000_000) MB to \(folder)")
        }
        let display = DownloadDisplay()
        defer { display.end() }
        return try dataset.load(split, from: data, shape: inputShape, progress: display.show)
    }
}
