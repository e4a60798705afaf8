import Cognitron

/// Texts as rows of tokens, and back.
///
///     var vectorization = TextVectorization(maxTokens: 20_000, outputSequenceLength: 40)
///     vectorization.adapt(texts)
///     let tokens = vectorization(["A fine day.", "Rain"])            // (2, 40), filled with zeros
///
/// Token 0 fills up, 1 is an unknown word, then come the marks and the words by frequency. It is a value that
/// is stored in a model's file (`TextCoding`) and not a layer: tensors hold numbers only.
///
/// - Source: Keras `TextVectorization`. Its output modes other than `int` are those of `CategoryEncoding`.
public struct TextVectorization: Sendable, Hashable, Codable {
    /// What happens to a text before it is split.
    public enum Standardization: String, Sendable, Codable, CaseIterable {
        case none, lower, stripPunctuation, lowerAndStripPunctuation
    }

    /// Into what a text is split.
    public enum Split: Hashable, Sendable, Codable {
        /// Words between spaces.
        case whitespace
        /// Characters, as people count them, spaces included.
        case character
        /// Words, and each other mark by itself: `don't stop!` is `don't`, `stop`, `!`.
        case wordsAndMarks
        /// The tokens of a byte-pair encoding, all of which `adapt` numbers.
        case bytePairs(BytePairEncoding)
    }

    public let standardize: Standardization
    public let split: Split
    /// The most words of a token: 2 adds all pairs of neighbours, joined by a space; nil for 1.
    public let ngrams: Int?
    /// The length of the rows; nil for that of the longest text.
    public let outputSequenceLength: Int?
    /// The numbers of the words.
    public private(set) var lookup: StringLookup

    /// The marks around texts that a decoder writes.
    public static let start = "[START]"
    public static let end = "[END]"

    public static let padding = 0

    /// - Parameters:
    ///   - maxTokens: the most tokens, 0 and 1 included; nil for no limit.
    ///   - vocabulary: the words from token 2 on; nil where `adapt` finds them.
    ///   - marks: words with the first numbers, which no text contains.
    public init(
        maxTokens: Int? = nil, standardize: Standardization = .lowerAndStripPunctuation,
        split: Split = .whitespace, ngrams: Int? = nil, outputSequenceLength: Int? = nil,
        vocabulary: [String]? = nil, marks: [String] = []
    ) {
        (self.standardize, self.split, self.ngrams) = (standardize, split, ngrams)
        self.outputSequenceLength = outputSequenceLength
        lookup = StringLookup(maxTokens: maxTokens, maskToken: "", vocabulary: vocabulary, marks: marks)
    }

    /// Numbers the words of texts by their frequency.
    public mutating func adapt(_ texts: some Sequence<String>) {
        if case .bytePairs(let encoding) = split {
            lookup = StringLookup(
                maxTokens: lookup.maxTokens, maskToken: "", vocabulary: encoding.vocabulary,
                marks: lookup.marks)
            return
        }
        let form = self
        lookup.adapt(texts.lazy.flatMap { form.pieces(of: $0) })
    }

    /// All words by number.
    public func getVocabulary() -> [String] { lookup.vocabulary }

    /// The number of tokens.
    public var vocabularySize: Int { lookup.vocabularySize }

    /// The number of a mark; nil where there is none of that name.
    public func mark(_ name: String) -> Int? {
        lookup.marks.contains(name) ? lookup.number(of: name) : nil
    }

    /// The tokens of a text, without padding.
    public func tokens(of text: String) -> [Int] { lookup(pieces(of: text)) }

    /// The tokens of texts as rows, cut or filled up with zeros at the end.
    public func callAsFunction(_ texts: [String]) -> Tensor {
        TokenSequences.padded(
            texts.map(tokens(of:)), to: outputSequenceLength, padding: .post, truncating: .post)
    }

    /// The text of tokens, without padding and marks.
    public func text(of tokens: [Int]) -> String {
        let marks = Set(lookup.marks)
        let pieces = lookup.texts(of: tokens).filter { !$0.isEmpty && !marks.contains($0) }
        switch split {
        case .character: return pieces.joined()
        case .whitespace: return pieces.joined(separator: " ")
        case .wordsAndMarks: return Self.joined(pieces)
        case .bytePairs(let encoding): return encoding.text(of: pieces)
        }
    }

    /// The words of a text.
    public func pieces(of text: String) -> [String] {
        let words = split(standardized(text))
        guard let ngrams, ngrams > 1, words.count > 1 else { return words }
        return words
            + (2...max(2, min(ngrams, words.count))).flatMap { size in
                (0...words.count - size).map { words[$0..<$0 + size].joined(separator: " ") }
            }
    }

    private func standardized(_ text: String) -> String {
        switch standardize {
        case .none: text
        case .lower: text.lowercased()
        case .stripPunctuation: Self.withoutPunctuation(text)
        case .lowerAndStripPunctuation: Self.withoutPunctuation(text.lowercased())
        }
    }

    private func split(_ text: String) -> [String] {
        switch split {
        case .whitespace: text.split(whereSeparator: \.isWhitespace).map(String.init)
        case .character: text.map(String.init)
        case .wordsAndMarks: Self.wordsAndMarks(text)
        case .bytePairs(let encoding): encoding.tokens(of: text)
        }
    }

    private static func withoutPunctuation(_ text: String) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.filter { !punctuation.contains($0) }))
    }

    private static func wordsAndMarks(_ text: String) -> [String] {
        var (pieces, word) = ([String](), "")
        func isPartOfWord(_ character: Character) -> Bool {
            character.isLetter || character.isNumber || character == "'" && !word.isEmpty
        }
        for character in text {
            if isPartOfWord(character) {
                word.append(character)
                continue
            }
            if !word.isEmpty { pieces.append(word) }
            word = ""
            if !character.isWhitespace { pieces.append(String(character)) }
        }
        return word.isEmpty ? pieces : pieces + [word]
    }

    /// Words with spaces between them, and none before a closing mark.
    private static func joined(_ pieces: [String]) -> String {
        pieces.reduce(into: "") { text, piece in
            let closes = piece.count == 1 && ".,;:!?)]}".contains(piece)
            if !text.isEmpty, !closes, let last = text.last, !"([{".contains(last) { text += " " }
            text += piece
        }
    }

    private static let punctuation = Set("!\"#$%&()*+,-./:;<=>?@[\\]^_`{|}~'".unicodeScalars)
}
