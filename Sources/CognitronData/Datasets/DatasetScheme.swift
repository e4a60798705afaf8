import Cognitron

/// A form of files that a data set can be read from: `folder:PATH` names the data set that scheme `folder`
/// makes of what is at PATH.
///
///     let words = try Dataset(named: "sounds:words")      // one sub-folder for each class
///     let prices = try DatasetScheme(named: "csv").open("prices.csv", DatasetOptions(targets: ["price"]))
///
/// Forms of pictures (`folder:pets`) are in CognitronImages: `DatasetScheme.registerPictureSchemes()`.
///
/// A form of your own is known by its name once it is registered:
///
///     DatasetScheme.register(
///         DatasetScheme("records", "FILE", "records of our camera") { path, options in … })
public struct DatasetScheme: NamedValue {
    public static let table = NameTable<DatasetScheme>(
        "form of data", [.csv, .npz, .sounds, .lines, .text, .words, .conllu, .textPairs, .grey])

    public let name: String

    /// What stands behind the colon: `PATH`, `FILE`.
    public let argument: String

    /// What the files hold, in a few words.
    public let summary: String

    private let opener: @Sendable (_ path: String, DatasetOptions) throws -> Dataset

    /// - Parameter open: gives the data set, which is not read before one of its parts is.
    public init(
        _ name: String, _ argument: String, _ summary: String,
        open: @escaping @Sendable (_ path: String, DatasetOptions) throws -> Dataset
    ) {
        (self.name, self.argument, self.summary, opener) = (name, argument, summary, open)
    }

    /// The data set at a path.
    ///
    /// - Throws: `CognitronError.file` where nothing can be read there.
    public func open(_ path: String, _ options: DatasetOptions = DatasetOptions()) throws -> Dataset {
        guard !path.isEmpty else {
            throw CognitronError(.argument, "\(name):", "has no path", expected: "\(name):\(argument)")
        }
        return try opener(path, options)
    }

    /// The scheme and the path of a name such as `csv:prices.csv`; nil where it begins with no scheme.
    package static func split(_ name: String) -> (scheme: DatasetScheme, path: String)? {
        guard let colon = name.firstIndex(of: ":") else { return nil }
        return (try? DatasetScheme(named: String(name[..<colon]))).map {
            ($0, String(name[name.index(after: colon)...]))
        }
    }
}

/// How the files of a data set are to be read. Each scheme uses what it understands.
public struct DatasetOptions: Hashable, Sendable, Codable {
    /// The columns of a table that are to be predicted.
    public var targets: [String]

    /// The share of the samples that are kept for testing where the files have no such part. They are chosen
    /// by the seed, stratified by class where there are classes.
    public var testShare: Double

    /// The same seed chooses the same samples.
    public var seed: UInt64

    /// Whether damaged files are left out and counted, instead of ending the reading with an error.
    public var skipsDamaged: Bool

    /// Height and width that pictures are brought to; nil for the wanted shape, or the data set's own.
    public var pictureSize: Shape?

    /// How pictures of another size are brought to it.
    public var framing: Framing

    /// The classes that are used, in this order; nil for all.
    public var classes: [String]?

    /// The largest number of training samples of each class, chosen by the seed; nil for all.
    public var samplesPerClass: Int?

    /// The largest number of training samples, chosen by the seed; nil for all.
    public var samples: Int?

    /// Into what texts are split; nil for what the form of data usually has.
    public var tokens: TextUnits?

    /// The tokens of a sample of a running text; nil for 100.
    public var length: Int?

    /// The column of a table that holds texts, each of a class; nil for a table of numbers and categories.
    public var text: String?

    /// How texts become tokens, where a model knows that already; nil to number the words of the training
    /// texts.
    public var coding: TextCoding?

    /// How a table is written, what happens to missing values, and which columns are left out.
    public var table: TableOptions

    /// The number of frames of a video's clip; nil for the wanted shape's, or 16.
    public var frames: Int?

    /// The distance between the frames of a clip; nil for 1: each follows the last.
    public var frameStride: Int?

    public init(
        targets: [String] = [], testShare: Double = 0.2, seed: UInt64 = 1, skipsDamaged: Bool = false,
        pictureSize: Shape? = nil, framing: Framing = .stretch, classes: [String]? = nil,
        samplesPerClass: Int? = nil, table: TableOptions = TableOptions(), frames: Int? = nil,
        frameStride: Int? = nil, samples: Int? = nil, tokens: TextUnits? = nil, coding: TextCoding? = nil,
        length: Int? = nil, text: String? = nil
    ) {
        (self.targets, self.testShare, self.seed) = (targets, testShare, seed)
        (self.skipsDamaged, self.pictureSize) = (skipsDamaged, pictureSize)
        (self.framing, self.table) = (framing, table)
        (self.classes, self.samplesPerClass) = (classes, samplesPerClass)
        (self.frames, self.frameStride, self.samples) = (frames, frameStride, samples)
        (self.tokens, self.coding) = (tokens, coding)
        (self.length, self.text) = (length, text)
    }
}
