import Cognitron

/// Texts with classes as inputs `(N, T)`: words as numbers, filled with zeros at the end. A text without words
/// is padding alone.
struct TextParts: Sendable {
    private let train: TokenSequences
    private let test: TokenSequences
    private let length: Int
    private let coding: TextCoding

    /// The most words of a text, and of the vocabulary.
    static let mostWords = (text: 200, vocabulary: 20_000)

    /// - Parameters:
    ///   - length: the most words of a text; further ones are left out. By default those of the longest, at
    ///     most 200.
    ///   - coding: how texts become words; nil to number those of the training texts.
    init(
        _ texts: [String], _ labels: [Int], length: Int? = nil, testShare: Double = 0.2, seed: UInt64 = 1,
        coding: TextCoding? = nil
    ) throws {
        let rows = try TrainTestSplit(
            count: texts.count, testShare: testShare, stratifiedBy: labels, seed: seed)
        let vectorization =
            coding?.inputs
            ?? {
                var own = TextVectorization(maxTokens: Self.mostWords.vocabulary)
                own.adapt(rows.train.map { texts[$0] })
                return own
            }()
        func part(_ rows: [Int]) -> TokenSequences {
            TokenSequences(
                rows.map { vectorization.tokens(of: texts[$0]) }, labels: rows.map { labels[$0] })
        }
        (train, test) = (part(rows.train), part(rows.test))
        let longest = (train.sequences + test.sequences).map(\.count).max() ?? 1
        self.length = length ?? max(1, min(Self.mostWords.text, longest))
        self.coding = TextCoding(inputs: vectorization)
    }

    var shape: Shape { [length] }

    func part(_ split: DatasetSplit, _ name: String, _ task: DataTask) throws -> DatasetPart {
        let own = split == .train ? train : test
        let cut = own.sequences.map { Array($0.prefix(length)) }
        return try DatasetPart(
            name: name, task: task, inputShape: shape,
            source: TokenSource(inputs: [.sequences(cut)], targets: [.numbers(own.labels)]), text: coding)
    }
}

extension DatasetScheme {
    /// A text file with one sample a line, its class before a tab: `lines:reviews.tsv`; with the target
    /// `last`, behind one. Inputs `(N, words)` are numbers of a vocabulary.
    public static let lines = DatasetScheme("lines", "FILE", "texts with their classes, one sample a line") {
        path, options in
        guard let label = LineFile.Label(rawValue: options.targets.first ?? "first"), label != .none else {
            throw CognitronError(
                .argument, "targets", "a line has no such part", expected: "first or last",
                got: options.targets.joined(separator: ", "))
        }
        let file = try LineFile(contentsOf: path, label: label)
        guard file.classNames.count > 1 else {
            throw CognitronError(
                .file, path, "the texts are all of one class", expected: "two or more classes",
                got: file.classNames.first)
        }
        let parts = try TextParts(
            file.texts, file.labels, testShare: options.testShare, seed: options.seed, coding: options.coding)
        let task = DataTask.classification(classNames: file.classNames)
        return Dataset(
            "lines:\(path)", "the texts of \(lastPathComponent(path))", task: task, shape: parts.shape
        ) { split, _ in try parts.part(split, "lines:\(path)", task) }
    }
}
