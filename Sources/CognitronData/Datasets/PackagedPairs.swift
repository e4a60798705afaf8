import Cognitron

// Pairs of texts out of packages: verses in two languages, questions and answers.

extension Dataset {
    /// Verses of at most 20 words in English (King James), to be translated into Spanish (Reina-Valera 1909):
    /// byte pairs of one vocabulary. Every tenth chapter is for testing.
    public static let verses = Dataset(
        "verses", "verses in English and Spanish", task: .text, shape: nil, packages: Verses.packages
    ) { packages, folders, split in
        let verses = try Verses(packages, folders)
        return try verses.part(split, "verses", TextUnits.bytePairs.form(of: verses.trainingTexts))
    }
    .credited(
        from: "Debian sword-text-kjv and sword-text-sparv", licence: "public domain",
        counts: [.train: 10_565, .test: 1_099])

    /// Questions and remarks with an answer to each, in English: of several answers the first, of at most 20
    /// words. Every tenth pair is for testing.
    public static let dialogue = Dataset(
        "dialogue", "questions with answers of a talking program", task: .text, shape: nil,
        package: .pypi("chatterbot-corpus", "1.3.3"),
        where: { path in path.contains("/data/english/") && path.hasSuffix(".yml") }
    ) { files, split in
        try Dialogue(files).part(split, "dialogue", TextUnits.words.form(of: []))
    }
    .credited(
        from: "PyPI chatterbot-corpus 1.3.3", licence: "BSD-3-Clause", counts: [.train: 570, .test: 63])
}

/// Pairs of texts, some of which are for testing.
private protocol DividedPairs {
    var training: [(source: String, target: String)] { get }
    var test: [(source: String, target: String)] { get }
}

extension DividedPairs {
    var trainingTexts: [String] { training.flatMap { [$0.source, $0.target] } }

    func part(_ split: DatasetSplit, _ name: String, _ form: TextVectorization) throws -> DatasetPart {
        try TextPairs(training, inputs: form, targets: form, sharesVocabulary: true)
            .part(split == .train ? training : test, name)
    }
}

/// The same verses in two languages.
private struct Verses: DividedPairs {
    /// The most words of a verse.
    static let length = 20

    static let packages = [("sword-text-kjv", "engKJV2006eb"), ("sword-text-sparv", "spaRV1909eb")].map {
        DataPackage.debian($0.0, "/usr/share/sword/modules/texts/ztext/\($0.1)")
    }

    private(set) var training: [(source: String, target: String)] = []
    private(set) var test: [(source: String, target: String)] = []

    init(_ packages: [DataPackage], _ folders: DatasetFolders) throws {
        let texts = try packages.map { package in
            let files = try package.files(in: folders) { $0.contains("/ztext/") }
            return try ["ot", "nt"].map { try SwordText(files, $0).texts }
        }
        let words = TextVectorization()
        var (chapter, wasHeading) = (0, false)
        for (source, target) in zip(texts[0], texts[1]).flatMap({ zip($0, $1) }) {
            // The place before the first verse of a chapter is its heading's.
            if source.isEmpty, !wasHeading { chapter += 1 }
            wasHeading = source.isEmpty
            guard
                [source, target].allSatisfy({ (1...Self.length).contains(words.pieces(of: $0).count) })
            else { continue }
            if chapter % 10 == 9 {
                test.append((source, target))
            } else {
                training.append((source, target))
            }
        }
    }
}

/// The first answer to each question.
private struct Dialogue: DividedPairs {
    let training: [(source: String, target: String)]
    let test: [(source: String, target: String)]

    private static let length = 20

    init(_ files: [DatasetFile]) throws {
        let words = TextVectorization()
        var known: Set<String> = []
        let pairs = try files.flatMap { file in
            try Conversations.read(file.bytes, path: file.path)
                .filter { texts in
                    texts.count > 1
                        && texts.prefix(2).allSatisfy {
                            (1...Self.length).contains(words.pieces(of: $0).count)
                        } && known.insert(words.pieces(of: texts[0]).joined(separator: " ")).inserted
                }
                .map { (source: $0[0], target: $0[1]) }
        }
        training = pairs.enumerated().filter { $0.offset % 10 != 9 }.map(\.element)
        test = pairs.enumerated().filter { $0.offset % 10 == 9 }.map(\.element)
    }
}
