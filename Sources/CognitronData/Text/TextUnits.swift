import Cognitron

/// Into what texts are split, by name.
public enum TextUnits: String, Sendable, Hashable, Codable, CaseIterable {
    /// Characters, as they are.
    case characters
    /// Words and marks, in lower case.
    case words

    /// How texts are split so; the words are to be numbered (`TextVectorization.adapt`).
    ///
    /// - Parameter maxTokens: the most tokens; nil for no limit.
    public func vectorization(maxTokens: Int? = nil) -> TextVectorization {
        switch self {
        case .characters: TextVectorization(maxTokens: maxTokens, standardize: .none, split: .character)
        case .words: TextVectorization(maxTokens: maxTokens, standardize: .lower, split: .wordsAndMarks)
        }
    }
}
