import Cognitron

/// A data set of images, found by its name.
///
///     let dataset = try Dataset(named: "fashion-mnist")
///     let test = try dataset.load(.test, from: "data")
///
/// The package's own are also types: `CIFAR10.load(.train)`, `Shapes.make(count: 10_000)`. One of your own is
/// a value, registered so that its name is known:
///
///     extension Dataset {
///         static let stripes = Dataset(
///             "stripes", "Stripes in three directions", shape: [16, 16, 1], classNames: ["—", "|", "/"]
///         ) { split, _ in try drawStripes(count: split == .train ? 1_000 : 200) }
///     }
///
///     Dataset.register(.stripes)
public struct Dataset: NamedValue {
    public static let table = NameTable<Dataset>(
        "data set", [.cifar10, .cifar100, .mnist, .fashionMNIST, .shapes])

    public let name: String

    /// What the images show, in a few words.
    public let summary: String

    /// Height × width × channels of an image; nil where `load` makes images of any shape.
    public let shape: Shape?

    /// The names of classes 0, 1, 2 …
    public let classNames: [String]

    /// The training or the test part.
    public typealias Split = DatasetSplit

    private let source: Source

    private enum Source: Sendable {
        case program(@Sendable (Split, _ shape: Shape?) throws -> LabelledImages)
        case files(DatasetFiles, @Sendable ([DatasetFile]) throws -> LabelledImages)
    }

    /// A data set that the program makes, or reads in a way of its own.
    ///
    /// - Parameters:
    ///   - name: lower case, without spaces.
    ///   - shape: height × width × channels; nil where `make` can give images of any shape.
    ///   - make: gives one part. It gets the wanted shape; nil means its own.
    public init(
        _ name: String, _ summary: String, shape: Shape?, classNames: [String],
        make: @escaping @Sendable (_ split: Split, _ shape: Shape?) throws -> LabelledImages
    ) {
        (self.name, self.summary, self.shape, self.classNames) = (name, summary, shape, classNames)
        source = .program(make)
    }

    /// A data set in files, which are searched for in the usual folders (`DatasetFolders`) and downloaded
    /// where none has them.
    ///
    /// - Parameters:
    ///   - name: lower case, without spaces.
    ///   - shape: height × width × channels.
    ///   - read: gives one part from its unpacked files, in the order in which `files` lists them.
    public init(
        _ name: String, _ summary: String, shape: Shape, classNames: [String], files: DatasetFiles,
        read: @escaping @Sendable (_ files: [DatasetFile]) throws -> LabelledImages
    ) {
        (self.name, self.summary, self.shape, self.classNames) = (name, summary, shape, classNames)
        source = .files(files, read)
    }

    /// The files; nil where the program makes the data set.
    var files: DatasetFiles? {
        switch source {
        case .program: nil
        case .files(let files, _): files
        }
    }

    /// Loads one part of the data set, after downloading it if no folder has it (`DatasetFolders` lists the
    /// folders searched).
    ///
    /// - Parameters:
    ///   - folder: searched first, and the target of downloads.
    ///   - shape: height × width × channels of the images; by default the data set's own.
    ///   - progress: called during downloads.
    /// - Throws: `CognitronError.shape` where the data set has no images of that shape.
    public func load(
        _ split: Split, from folder: String? = nil, shape: Shape? = nil,
        progress: ((DownloadProgress) -> Void)? = nil
    ) throws -> LabelledImages {
        if let own = self.shape, let shape, own != shape {
            throw CognitronError(.shape, name, "has no such images", expected: "\(own)", got: "\(shape)")
        }
        switch source {
        case .program(let make): return try make(split, shape)
        case .files(let files, let read):
            return try read(files.read(split, in: DatasetFolders(explicit: folder), progress: progress))
        }
    }
}
