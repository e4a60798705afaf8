import Cognitron

/// Sentences of a CoNLL-U file: words with lemmas, parts of speech and syntax.
///
///     let sentences = try CoNLLU.read(contentsOf: "en_ewt-ud-dev.conllu")
///     sentences[0].words.map(\.form), sentences[0].words.map(\.upos)
///
/// - Source: Universal Dependencies, "CoNLL-U Format", https://universaldependencies.org/format.html.
public enum CoNLLU {
    /// One word: a line with ten fields, `_` where one is empty.
    public struct Word: Sendable, Equatable {
        /// The word's number in its sentence, from 1.
        public let id: Int
        public let form: String
        public let lemma: String
        /// Universal part of speech: NOUN, VERB …
        public let upos: String
        /// Part of speech of the language.
        public let xpos: String
        public let features: [String: String]
        /// The number of the word that this one depends on, 0 for the root; nil where it is empty.
        public let head: Int?
        /// The relation to the head: nsubj, obj …
        public let relation: String
        public let miscellaneous: String
    }

    public struct Sentence: Sendable, Equatable {
        /// The comments, without `#`: `text = …`, `sent_id = …`.
        public var comments: [String] = []
        public var words: [Word] = []

        /// The value of a comment such as `text = …`.
        public func comment(_ key: String) -> String? {
            comments.lazy.compactMap { comment -> String? in
                let parts = comment.split(separator: "=", maxSplits: 1)
                guard parts.count == 2, parts[0].trimmed == key else { return nil }
                return parts[1].trimmed
            }.first
        }
    }

    /// Reads a file, plain or as .gz. Words of several tokens (`3-4`) and empty nodes (`5.1`) are skipped.
    ///
    /// - Throws: `CognitronError.file` with the line.
    public static func read(contentsOf path: String) throws -> [Sentence] {
        try read(FileBytes.readUnpacking(path), path: path)
    }

    /// Reads the bytes of a file. Takes at most 100 times their size.
    public static func read(_ bytes: [UInt8], path: String) throws -> [Sentence] {
        var sentences: [Sentence] = []
        var sentence = Sentence()
        func finish() {
            if !sentence.words.isEmpty { sentences.append(sentence) }
            sentence = Sentence()
        }
        for (number, line) in try TextLines(bytes, path: path).enumerated() {
            if line.isEmpty {
                finish()
            } else if line.hasPrefix("#") {
                sentence.comments.append(line.dropFirst().trimmed)
            } else if let word = try word(line, "\(path), line \(number + 1)", sentence.words.count + 1) {
                sentence.words.append(word)
            }
        }
        finish()
        return sentences
    }

    private static func word(_ line: String, _ place: String, _ next: Int) throws -> Word? {
        let fields = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
        guard fields.count == 10 else {
            throw CognitronError(
                .file, place, "the line is no word of CoNLL-U", expected: "ten fields, separated by tabs",
                got: "\(fields.count)")
        }
        if fields[0].contains("-") || fields[0].contains(".") { return nil }
        guard Int(fields[0]) == next else {
            throw CognitronError(
                .file, place, "the word's number does not follow its predecessor's", expected: "\(next)",
                got: fields[0])
        }
        let head = fields[6] == "_" ? nil : Int(fields[6])
        guard fields[6] == "_" || head.map({ $0 >= 0 }) == true else {
            throw CognitronError(
                .file, place, "the head is no number of a word", expected: "0 or more, or _", got: fields[6])
        }
        let features = fields[5] == "_" ? [] : fields[5].split(separator: "|")
        return Word(
            id: next, form: fields[1], lemma: fields[2], upos: fields[3], xpos: fields[4],
            features: Dictionary(
                features.compactMap { feature in
                    let parts = feature.split(separator: "=", maxSplits: 1)
                    return parts.count == 2 ? (String(parts[0]), String(parts[1])) : nil
                }, uniquingKeysWith: { first, _ in first }),
            head: head, relation: fields[7], miscellaneous: fields[9])
    }
}

extension StringProtocol {
    /// The text without spaces and tabs at its ends.
    var trimmed: String {
        let start = firstIndex { !$0.isWhitespace } ?? endIndex
        let end = lastIndex { !$0.isWhitespace }.map { index(after: $0) } ?? start
        return String(self[start..<end])
    }
}
