import Cognitron

/// How texts become the tokens that a model reads and writes, and back: stored in the model's file.
public struct TextCoding: Sendable, Hashable, Codable {
    /// What the model reads; nil where it reads no text.
    public var inputs: TextVectorization?
    /// What it writes; nil where it writes no text. With the marks `[START]` and `[END]` around a text.
    public var targets: TextVectorization?

    public init(inputs: TextVectorization? = nil, targets: TextVectorization? = nil) {
        (self.inputs, self.targets) = (inputs, targets)
    }

    /// A coding of made-up words, for the size and the cost of a network; of one vocabulary where the counts
    /// are equal.
    public static func example(inputs: Int?, targets: Int?) -> TextCoding {
        func words(_ count: Int, marks: [String] = []) -> TextVectorization {
            TextVectorization(maxTokens: count, vocabulary: (0..<count).map { "word\($0)" }, marks: marks)
        }
        let marks = [TextVectorization.start, TextVectorization.end]
        return TextCoding(
            inputs: inputs.map { words($0, marks: inputs == targets ? marks : []) },
            targets: targets.map { words($0, marks: marks) })
    }

    /// The tokens that a model reads of a text.
    ///
    /// - Throws: `CognitronError` where the model reads no text, or the text is empty or has no known word.
    public func tokens(of text: String, _ place: String = "text") throws -> [Int] {
        guard let inputs else {
            throw CognitronError(.argument, place, "the model reads no text")
        }
        let tokens = inputs.tokens(of: text)
        guard !tokens.isEmpty else {
            throw CognitronError(
                .data, place, "the text is empty", expected: "at least one word", got: "\"\(text)\"")
        }
        guard tokens.contains(where: { $0 != inputs.lookup.unknown }) else {
            throw CognitronError(
                .data, place, "the model knows nothing of this text", expected: "a text of its language",
                got: "\"\(text.prefix(40))\"")
        }
        return tokens
    }
}
