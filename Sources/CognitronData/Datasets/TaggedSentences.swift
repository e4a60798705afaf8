import Cognitron

/// Sentences with a tag for each word.
///
///     let part = try TaggedSentences(lines: bytes, path: path).part(.train, "words")
///
/// A sample has two inputs `(N, T)`: the words and their endings, which tell something of words that training
/// did not meet; one target `(N, T)`: the tags. Words that occur once are unknown words in training too.
public struct TaggedSentences: Sendable {
    public typealias Sentence = [(word: String, tag: String)]

    public let sentences: [Sentence]

    /// The tags, in the order of their code points where none are given.
    public let classNames: [String]

    /// The tags of Penn Treebank, in alphabetical order, and last the tag of all others.
    static let pennTags = [
        "CC", "CD", "DT", "EX", "FW", "IN", "JJ", "JJR", "JJS", "MD", "NN", "NNP", "NNPS", "NNS", "PDT",
        "POS",
        "PRP", "PRP$", "RB", "RBR", "RBS", "RP", "SYM", "TO", "UH", "VB", "VBD", "VBG", "VBN", "VBP", "VBZ",
        "WDT", "WP", "WP$", "WRB", "other",
    ]

    /// - Parameters:
    ///   - sentences: none empty.
    ///   - classNames: the tags; all others are the last of them. Nil for those of the sentences.
    public init(_ sentences: [Sentence], classNames: [String]? = nil) {
        self.sentences = sentences.filter { !$0.isEmpty }
        self.classNames = classNames ?? Set(sentences.joined().map(\.tag)).sorted()
    }

    /// Reads sentences a line, `Has/VBZ the/DT Internet/NN`, or a word a line with its tag behind a tab and an
    /// empty line between sentences. Takes at most 100 times the bytes.
    ///
    /// - Throws: `CognitronError.file` with the line.
    public init(lines bytes: [UInt8], path: String, classNames: [String]? = nil) throws {
        let lines = Array(try TextLines(bytes, path: path))
        let hasTabs = lines.first { !$0.isEmpty }?.contains("\t") ?? false
        var sentences: [Sentence] = [[]]
        for (number, line) in lines.enumerated() {
            let place = "\(path), line \(number + 1)"
            if hasTabs, !line.isEmpty {
                sentences[sentences.count - 1].append(try Self.pair(line[...], at: "\t", place))
            } else if hasTabs {
                sentences.append([])
            } else {
                sentences.append(try line.split(separator: " ").map { try Self.pair($0, at: "/", place) })
            }
        }
        self.init(sentences, classNames: classNames)
    }

    private static func pair(
        _ text: Substring, at separator: Character, _ place: String
    ) throws -> (word: String, tag: String) {
        guard let mark = text.lastIndex(of: separator), mark > text.startIndex,
            text.index(after: mark) < text.endIndex
        else {
            throw CognitronError(
                .file, place, "a word has no tag",
                expected: separator == "/" ? "WORD/TAG" : "WORD, a tab, TAG", got: "\"\(text.prefix(40))\"")
        }
        return (String(text[..<mark]), String(text[text.index(after: mark)...]))
    }
}

extension TaggedSentences {
    /// The most different words and endings.
    private static let mostTokens = (words: 20_000, endings: 5_000)

    /// How words become the tokens of both inputs: words in lower case that occur twice or more, and endings.
    static func coding(of sentences: some Sequence<Sentence>) -> TextCoding {
        let words = sentences.joined().map(\.word)
        func frequent(_ texts: [String], _ most: Int) -> [String] {
            let counts = texts.reduce(into: [:]) { $0[$1, default: 0] += 1 }
            let sorted = counts.filter { $0.value > 1 }
                .sorted { ($1.value, $0.key) < ($0.value, $1.key) }
            return sorted.prefix(most).map(\.key)
        }
        let known =
            frequent(words.map { $0.lowercased() }, mostTokens.words)
            + frequent(words.map(ending), mostTokens.endings)
        return TextCoding(
            inputs: TextVectorization(standardize: .lower, split: .whitespace, vocabulary: known))
    }

    /// What a word looks like: `[Aing]` of a capital, `[0th]` of a digit, `[-ful]`, and the last three letters.
    static func ending(of word: String) -> String {
        let isCapital = word.first?.isUppercase == true
        let hasDigit = word.contains(where: \.isNumber)
        return "[\(isCapital ? "A" : "")\(hasDigit ? "0" : "")\(word.contains("-") ? "-" : "")"
            + "\(word.lowercased().suffix(3))]"
    }

    /// The tokens of both inputs.
    static func tokens(of words: [String], _ coding: TextCoding) -> (words: [Int], endings: [Int]) {
        guard let lookup = coding.inputs?.lookup else { return ([], []) }
        return (lookup(words.map { $0.lowercased() }), lookup(words.map(ending)))
    }

    /// One part: the last tenth is for testing.
    ///
    /// - Parameter coding: how words become tokens; nil for the words of the first nine tenths.
    /// - Throws: `CognitronError` where there are too few sentences.
    public func part(
        _ split: DatasetSplit, _ name: String, coding: TextCoding? = nil
    ) throws -> DatasetPart {
        guard sentences.count >= 2, classNames.count >= 2 else {
            throw CognitronError(
                .data, name, "has too few tagged sentences", expected: "two sentences and two tags",
                got: "\(sentences.count) and \(classNames.count)")
        }
        let trainCount = min(sentences.count - 1, sentences.count * 9 / 10)
        let coding = coding ?? Self.coding(of: sentences[..<trainCount])
        let own = Array(split == .train ? sentences[..<trainCount] : sentences[trainCount...])
        let tags = Dictionary(zip(classNames, 0...), uniquingKeysWith: { first, _ in first })
        let inputs = own.map { Self.tokens(of: $0.map(\.word), coding) }
        return try DatasetPart(
            name: name, task: .tagging(classNames: classNames), inputShape: [own.map(\.count).max() ?? 1],
            source: TokenSource(
                inputs: [.sequences(inputs.map(\.words)), .sequences(inputs.map(\.endings))],
                targets: [.sequences(own.map { $0.map { tags[$0.tag] ?? classNames.count - 1 } })]),
            text: coding)
    }
}
