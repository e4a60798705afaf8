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
            """, completion: .directory)
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

    /// Loads one part of a data set, printing the progress of downloads.
    ///
    /// - Parameter shape: that of the samples that a network takes; nil for the data set's own. Pictures are
    ///   resized to it.
    func load(_ dataset: Dataset, _ split: Dataset.Split, for shape: Shape? = nil) throws -> DatasetPart {
        // Before any download.
        if let own = dataset.shape, let shape { try FittedPictures.require(own, fits: shape, dataset.name) }
        if case .download(let byteCount, let folder) = try dataset.locate(split, from: data) {
            Output.note("\(dataset) is not here: downloading \(byteCount / 1_000_000) MB to \(folder)")
        }
        let display = DownloadDisplay()
        defer { display.end() }
        let part = try dataset.part(
            split, from: data, shape: dataset.shape == nil ? shape : nil, progress: display.show)
        for note in part.notes { Output.note(note) }
        return try shape.map { try part.fitted(to: $0) } ?? part
    }
}

extension DatasetPart {
    /// What the samples are called in messages.
    var unit: String {
        if text?.inputs != nil { return "texts" }
        return switch inputShape.rank {
        case 1: "rows"
        case 3: "pictures"
        default: "samples"
        }
    }
}
