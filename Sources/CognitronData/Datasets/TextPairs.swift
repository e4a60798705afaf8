import Cognitron

/// Pairs of texts, the second of which is to be written of the first: translations, answers.
///
///     let form = TextVectorization(split: .character)
///     let part = try TextPairs(training, inputs: form, targets: form).part(test, "dates")
public struct TextPairs: Sendable {
    /// How the texts become tokens; the vocabularies are those of the training texts.
    public let coding: TextCoding

    /// - Parameters:
    ///   - training: the pairs whose words are numbered.
    ///   - inputs: how the first texts are split; how many tokens there are.
    ///   - targets: the same of the second texts, which get the marks `[START]` and `[END]`.
    ///   - sharesVocabulary: whether both have one vocabulary, that of all texts.
    public init(
        _ training: [(source: String, target: String)], inputs: TextVectorization,
        targets: TextVectorization, sharesVocabulary: Bool = false
    ) {
        let (sources, answers) = (training.map(\.source), training.map(\.target))
        var reader = sharesVocabulary ? targets.marked : inputs
        reader.adapt(sharesVocabulary ? sources + answers : sources)
        var writer = targets.marked
        if sharesVocabulary { writer = reader } else { writer.adapt(answers) }
        coding = TextCoding(inputs: reader, targets: writer)
    }

    /// A coding that was found before.
    public init(coding: TextCoding) { self.coding = coding }

    /// The pairs as a part of a data set.
    ///
    /// - Throws: `CognitronError` where a text is empty, or the coding has no marks.
    public func part(_ pairs: [(source: String, target: String)], _ name: String) throws -> DatasetPart {
        guard let inputs = coding.inputs, let targets = coding.targets,
            let start = targets.mark(TextVectorization.start), let end = targets.mark(TextVectorization.end)
        else {
            throw CognitronError(.data, name, "its coding is none of pairs of texts")
        }
        let sources = try pairs.enumerated().map {
            try coding.tokens(of: $1.source, "\(name), pair \($0 + 1)")
        }
        let answers = pairs.map { targets.tokens(of: $0.target) }
        if let empty = answers.firstIndex(where: \.isEmpty) {
            throw CognitronError(.data, "\(name), pair \(empty + 1)", "the second text is empty")
        }
        return try DatasetPart(
            name: name, task: .text, inputShape: [sources.map(\.count).max() ?? 1],
            source: TokenSource(sources: sources, targets: answers, start: start, end: end),
            text: TextCoding(inputs: inputs, targets: targets))
    }
}

extension TextVectorization {
    /// The same, with the marks around texts that a decoder writes.
    fileprivate var marked: TextVectorization {
        TextVectorization(
            maxTokens: lookup.maxTokens, standardize: standardize, split: split, ngrams: ngrams,
            outputSequenceLength: outputSequenceLength, marks: [Self.start, Self.end])
    }
}
