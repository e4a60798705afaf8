import ArgumentParser
import Cognitron
import CognitronData
import CognitronModels
import Foundation

extension ModelName: ExpressibleByArgument {}
extension Dataset: ExpressibleByArgument {}
extension Dataset.Split: ExpressibleByArgument {}

/// The number of threads, an option of every command.
struct ThreadOptions: ParsableArguments {
    @Option(
        parsing: .unconditional,
        help: "Threads that share the work (default: the cores this process may use, or COGNITRON_THREADS).")
    var threads: Int?

    func validate() throws {
        if let threads, threads < 1 {
            throw ValidationError("--threads: expected at least 1, got \(threads)")
        }
    }

    func apply() throws {
        try Threads.requireValidEnvironment()
        if let threads { Threads.count = threads }
    }

    /// The number of threads, for messages.
    static var description: String { Threads.count == 1 ? "1 thread" : "\(Threads.count) threads" }
}

/// The folder of the data.
struct DataOptions: ParsableArguments {
    @Option(
        help: """
            Folder that holds the data set, or to download it to (default: COGNITRON_DATA, then the cache folder).
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

    /// Loads one part of a data set, printing its source and the progress of downloads.
    func load(_ dataset: Dataset, _ split: Dataset.Split) throws -> LabelledImages {
        if case .download(let byteCount, let folder) = try dataset.locate(split, from: data) {
            Output.note(
                "\(dataset.rawValue) is not here: downloading \(byteCount / 1_000_000) MB to \(folder)")
        }
        let display = DownloadDisplay()
        defer { display.end() }
        return try dataset.load(split, from: data, progress: display.show)
    }

    /// Loads the data set with a model's input shape. Shapes can be drawn at any size; the others have a
    /// fixed one.
    func load(_ dataset: Dataset, _ split: Dataset.Split, for inputShape: Shape) throws -> LabelledImages {
        if let shape = dataset.pictureShape {
            // Checked before any download.
            guard shape == inputShape else {
                throw CognitronError(
                    .shape, dataset.rawValue, "its pictures do not fit this model", expected: "\(inputShape)",
                    got: "\(shape)", advice: "name another data set with --dataset")
            }
            return try load(dataset, split)
        }
        guard inputShape.rank == 3, inputShape[0] == inputShape[1], inputShape[0] >= 16,
            let channels = Shapes.Channels(rawValue: inputShape[2])
        else {
            throw CognitronError(
                .shape, "shapes", "cannot be drawn for this model",
                expected: "square inputs of 16 pixels or more with 1 or 3 channels", got: "\(inputShape)")
        }
        return Shapes.make(
            count: split == .train ? 10_000 : 2_000, split: split, size: inputShape[0], channels: channels)
    }
}

extension ModelName {
    /// The default input shape for a data set.
    func inputShape(for dataset: Dataset) -> Shape {
        dataset.pictureShape ?? (self == .lenet ? [28, 28, 1] : [32, 32, 3])
    }
}

extension Dataset {
    /// Height × width × channels of its images; nil where they are drawn at any size.
    var pictureShape: Shape? {
        switch self {
        case .shapes: nil
        case .mnist, .fashionMNIST: [28, 28, 1]
        case .cifar10, .cifar100: [32, 32, 3]
        }
    }
}
