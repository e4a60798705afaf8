import Cognitron

/// Into what texts are split, by name.
public enum TextUnits: String, Sendable, Hashable, Codable, CaseIterable {
    /// Characters, as they are.
    case characters
    /// Words and marks, in lower case.
    case words

    /// Frequent parts of words, which are found in the texts.
    case bytePairs = "byte-pairs"

    /// The pairs that byte pairs are joined of at most.
    private static let mergeCount = 2_000

    /// How texts are split so, with the tokens of these texts.
    ///
    /// - Parameters:
    ///   - texts: those that a network learns from.
    ///   - maxTokens: the most tokens; nil for no limit. Byte pairs have as many as they have.
    ///   - marks: words with the first numbers, which no text contains.
    public func vectorization(
        of texts: [String] = [], maxTokens: Int? = nil, marks: [String] = []
    ) -> TextVectorization {
        var form = form(of: texts, maxTokens: maxTokens, marks: marks)
        form.adapt(texts)
        return form
    }

    /// How texts are split so; the words are to be numbered (`TextVectorization.adapt`).
    func form(of texts: [String], maxTokens: Int? = nil, marks: [String] = []) -> TextVectorization {
        switch self {
        case .characters:
            TextVectorization(maxTokens: maxTokens, standardize: .none, split: .character, marks: marks)
        case .words:
            TextVectorization(maxTokens: maxTokens, standardize: .lower, split: .wordsAndMarks, marks: marks)
        case .bytePairs:
            TextVectorization(
                standardize: .none,
                split: .bytePairs(BytePairEncoding(trainedOn: texts, merges: Self.mergeCount)), marks: marks)
        }
    }
}
