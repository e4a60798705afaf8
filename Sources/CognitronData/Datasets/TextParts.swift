import Cognitron

/// Texts with classes as inputs `(N, length)`: words as numbers, filled with zeros at the end.
struct TextParts: Sendable {
    private let train: TokenSequences
    private let test: TokenSequences
    private let length: Int
    private let coding: TextCoding

    /// The most words of a text, and of the vocabulary.
    static let mostWords = (text: 200, vocabulary: 20_000)

    /// - Parameter length: words of each text; by default those of the longest, at most 200.
    init(_ texts: [String], _ labels: [Int], length: Int? = nil, testShare: Double = 0.2, seed: UInt64 = 1)
        throws
    {
        let rows = try TrainTestSplit(
            count: texts.count, testShare: testShare, stratifiedBy: labels, seed: seed)
        var vectorization = TextVectorization(maxTokens: Self.mostWords.vocabulary)
        vectorization.adapt(rows.train.map { texts[$0] })
        func part(_ rows: [Int]) -> TokenSequences {
            TokenSequences(
                rows.map { vectorization.tokens(of: texts[$0]) }, labels: rows.map { labels[$0] })
        }
        (train, test) = (part(rows.train), part(rows.test))
        let longest = (train.sequences + test.sequences).map(\.count).max() ?? 1
        self.length = length ?? max(1, min(Self.mostWords.text, longest))
        coding = TextCoding(inputs: vectorization)
    }

    var shape: Shape { [length] }

    func part(_ split: DatasetSplit, _ name: String, _ task: DataTask) throws -> DatasetPart {
        try DatasetPart(
            name: name, task: task, inputShape: shape,
            source: (split == .train ? train : test)
                .source(length: length, padding: .post, truncating: .post), text: coding)
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
            file.texts, file.labels, testShare: options.testShare, seed: options.seed)
        let task = DataTask.classification(classNames: file.classNames)
        return Dataset(
            "lines:\(path)", "the texts of \(lastPathComponent(path))", task: task, shape: parts.shape
        ) { split, _ in try parts.part(split, "lines:\(path)", task) }
    }
}
