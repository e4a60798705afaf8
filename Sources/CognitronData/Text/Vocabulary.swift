import Cognitron

/// The words of texts as numbers: 0 fills up, 1 is an unknown word, 2 … are the words by frequency.
///
///     let vocabulary = Vocabulary(of: texts.map(Vocabulary.words), limit: 20_000)
///     vocabulary.numbers(of: Vocabulary.words("A fine day."))
///
/// - Source: the numbering of Keras's `TextVectorization`; words of equal frequency are in the order of their
///   code points.
public struct Vocabulary: Sendable, Hashable, Codable {
    /// All words by number; the first two are `""` and `[UNK]`.
    public let words: [String]
    private let places: [String: Int]

    public static let padding = 0
    public static let unknown = 1

    /// - Parameters:
    ///   - texts: the words of each text.
    ///   - marks: further words that get the first numbers, such as those for a text's start and end.
    ///   - limit: the most numbers, the first two included.
    public init(of texts: [[String]], marks: [String] = [], limit: Int = .max) {
        var counts: [String: Int] = [:]
        for text in texts { for word in text { counts[word, default: 0] += 1 } }
        for mark in marks { counts[mark] = nil }
        let sorted = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map(\.key)
        words = Array((["", "[UNK]"] + marks + sorted).prefix(limit))
        places = Dictionary(zip(words, 0...), uniquingKeysWith: { first, _ in first })
    }

    public func numbers(of words: [String]) -> [Int] { words.map { places[$0] ?? Self.unknown } }

    /// The words of a text: lower case, without ASCII's punctuation, separated by spaces, as Keras's
    /// `TextVectorization` has them by default.
    public static func words(_ text: String) -> [String] {
        let plain = text.lowercased().unicodeScalars.filter { !punctuation.contains($0) }
        return String(String.UnicodeScalarView(plain)).split(whereSeparator: \.isWhitespace).map(String.init)
    }

    private static let punctuation = Set("!\"#$%&()*+,-./:;<=>?@[\\]^_`{|}~'".unicodeScalars)
}
