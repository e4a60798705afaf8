import Cognitron

/// The data sets that Cognitron knows by name.
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

    /// The part to train on, or the part to test with.
    public enum Split: String, CaseIterable, Sendable {
        case train, test
    }

    /// Where a data set's part comes from.
    public enum Location: Sendable, Equatable {
        /// Made by this package: `Shapes`.
        case builtIn
        /// Read from the files in this folder, or from this archive.
        case local(path: String)
        /// Downloaded into this folder first: `byteCount` bytes, those of the files that are not there yet.
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

    /// One part of the data set, downloaded first where no folder has it (`DatasetFolders` says where it
    /// looks).
    ///
    /// - Parameters:
    ///   - folder: where to look first, and where to download to.
    ///   - progress: told about downloads.
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

    /// Where `load` would take the part from, without reading or downloading anything.
    public func locate(_ split: Split, from folder: String? = nil) throws -> Location {
        guard let files else { return .builtIn }
        let folders = DatasetFolders(explicit: folder)
        if let found = try files.find(split, in: folders) { return .local(path: found.place) }
        let byteCount = files.missingDownloads(split, in: folders).reduce(0) { $0 + $1.byteCount }
        return .download(byteCount: byteCount, folder: files.downloadFolder(folders))
    }

    /// Whether `load` can succeed: the files are here, or the server that has them answers within `timeout`
    /// seconds.
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
