import Cognitron

/// Texts as numbers: the mask token is 0, an unknown text 1, then come marks and the texts by frequency.
///
///     var lookup = StringLookup(maskToken: "")
///     lookup.adapt(["cat", "dog", "cat"])
///     lookup(["cat", "bird"])                          // [2, 1]
///     lookup.vocabulary                                // ["", "[UNK]", "cat", "dog"]
///
/// Without a mask token unknown texts are 0. Texts of equal frequency are in the order of their code points.
///
/// - Source: Keras `StringLookup` with one index for unknown texts. Its other output modes are those of
///   `CategoryEncoding`.
public struct StringLookup: Sendable, Hashable {
    /// The most numbers, those of the mask, unknown texts and marks included.
    public let maxTokens: Int?
    public let maskToken: String?
    public let oovToken: String
    /// Texts that get the first numbers whatever their frequency, such as those for a text's start and end.
    public let marks: [String]

    /// All texts by number.
    public private(set) var vocabulary: [String] = []
    private var places: [String: Int] = [:]

    /// - Parameters:
    ///   - maxTokens: nil for no limit.
    ///   - maskToken: the text for padding, which is 0; nil for none.
    ///   - oovToken: what stands for unknown texts.
    ///   - vocabulary: the texts after these and the marks; nil where `adapt` finds them.
    public init(
        maxTokens: Int? = nil, maskToken: String? = nil, oovToken: String = "[UNK]",
        vocabulary: [String]? = nil, marks: [String] = []
    ) {
        (self.maxTokens, self.maskToken, self.oovToken, self.marks) = (maxTokens, maskToken, oovToken, marks)
        number(vocabulary ?? [])
    }

    /// Numbers texts by their frequency.
    public mutating func adapt(_ texts: some Sequence<String>) {
        var counts: [String: Int] = [:]
        for text in texts { counts[text, default: 0] += 1 }
        number(counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map(\.key))
    }

    private mutating func number(_ texts: [String]) {
        let first = [maskToken].compactMap(\.self) + [oovToken] + marks
        let taken = Set(first)
        vocabulary = Array((first + texts.filter { !taken.contains($0) }).prefix(maxTokens ?? .max))
        places = Dictionary(zip(vocabulary, 0...), uniquingKeysWith: { first, _ in first })
    }

    /// The number of tokens.
    public var vocabularySize: Int { vocabulary.count }

    /// The number of unknown texts.
    public var unknown: Int { maskToken == nil ? 0 : 1 }

    /// The number of a text.
    public func number(of text: String) -> Int { places[text] ?? unknown }

    /// The numbers of texts.
    public func callAsFunction(_ texts: [String]) -> [Int] { texts.map(number(of:)) }

    /// The texts of numbers; the unknown text for numbers that are none.
    public func texts(of numbers: [Int]) -> [String] {
        numbers.map { vocabulary.indices.contains($0) ? vocabulary[$0] : oovToken }
    }
}

extension StringLookup: Codable {
    private enum CodingKeys: CodingKey { case maxTokens, maskToken, oovToken, marks, vocabulary }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            maxTokens: try container.decodeIfPresent(Int.self, forKey: .maxTokens),
            maskToken: try container.decodeIfPresent(String.self, forKey: .maskToken),
            oovToken: try container.decode(String.self, forKey: .oovToken),
            vocabulary: try container.decode([String].self, forKey: .vocabulary),
            marks: try container.decode([String].self, forKey: .marks))
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encodeIfPresent(maxTokens, forKey: .maxTokens)
        try container.encodeIfPresent(maskToken, forKey: .maskToken)
        try container.encode(oovToken, forKey: .oovToken)
        try container.encode(marks, forKey: .marks)
        try container.encode(vocabulary, forKey: .vocabulary)
    }
}
