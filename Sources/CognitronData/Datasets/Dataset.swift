import Cognitron

/// The built-in data sets by name.
///
///     let dataset = try Dataset(named: "fashion-mnist")
///     let test = try dataset.load(.test, from: "data")
///
/// Each is also a type of its own: `CIFAR10.load(.train)`, `Shapes.make(count: 10_000)`.
public enum Dataset: String, CaseIterable, Sendable {
    case cifar10
    case cifar100
    case mnist
    case fashionMNIST = "fashion-mnist"
    case shapes

    /// The training or the test part.
    public typealias Split = DatasetSplit

    /// The location of a data set's part.
    public enum Location: Sendable, Equatable {
        /// Generated: `Shapes`.
        case builtIn
        /// Read from the files in this folder, or from this archive.
        case local(path: String)
        /// To be downloaded into this folder: `byteCount` bytes, without files already there.
        case download(byteCount: Int, folder: String)
    }

    /// - Throws: `CognitronError.argument`, which lists the known names.
    public init(named name: String) throws {
        guard let dataset = Dataset(rawValue: name.lowercased()) else {
            throw CognitronError(
                .argument, "data set", "there is none called \"\(name)\"",
                expected: Dataset.allCases.map(\.rawValue).joined(separator: ", "), got: name)
        }
        self = dataset
    }

    /// Loads one part of the data set, after downloading it if no folder has it (`DatasetFolders` lists the
    /// folders searched).
    ///
    /// - Parameters:
    ///   - folder: searched first, and the target of downloads.
    ///   - progress: called during downloads.
    public func load(
        _ split: Split, from folder: String? = nil, progress: ((DownloadProgress) -> Void)? = nil
    ) throws -> LabelledImages {
        switch self {
        case .cifar10: try CIFAR10.load(split, from: folder, progress: progress)
        case .cifar100: try CIFAR100.load(split, from: folder, progress: progress)
        case .mnist: try MNIST.load(split, from: folder, progress: progress)
        case .fashionMNIST: try FashionMNIST.load(split, from: folder, progress: progress)
        case .shapes: Shapes.load(split)
        }
    }

    /// Returns the location that `load` would use, without reading or downloading anything.
    public func locate(_ split: Split, from folder: String? = nil) throws -> Location {
        guard let files else { return .builtIn }
        let folders = DatasetFolders(explicit: folder)
        if let found = try files.find(split, in: folders) { return .local(path: found.place) }
        let byteCount = files.missingDownloads(split, in: folders).reduce(0) { $0 + $1.byteCount }
        return .download(byteCount: byteCount, folder: files.downloadFolder(folders))
    }

    /// Whether `load` can succeed: the files exist locally, or their server answers within `timeout` seconds.
    public func isAvailable(_ split: Split, from folder: String? = nil, timeout: Double = 5) -> Bool {
        switch try? locate(split, from: folder) {
        case .builtIn, .local: true
        case .download:
            files?.missingDownloads(split, in: DatasetFolders(explicit: folder))
                .allSatisfy { Downloader(timeout: timeout).canReach($0) } ?? false
        case nil: false
        }
    }

    var files: DatasetFiles? {
        switch self {
        case .cifar10: CIFAR10.files
        case .cifar100: CIFAR100.files
        case .mnist: MNIST.files
        case .fashionMNIST: FashionMNIST.files
        case .shapes: nil
        }
    }
}
