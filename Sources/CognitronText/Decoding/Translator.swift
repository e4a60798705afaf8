import Cognitron
import CognitronData

/// Writes texts by a model that reads texts: translations, dates, answers.
///
///     let translator = try Translator(model: model, coding: coding)
///     try translator.texts(for: ["12 March 1998"])                // ["1998-03-12"]
///
/// The model has two inputs, the tokens of the source and those written so far behind a start mark, and gives
/// the scores of the next token.
public struct Translator: Sendable {
    public let model: Model
    public let coding: TextCoding
    public var search: TokenSearch
    /// The most tokens of a text that it writes.
    public var limit: Int

    private let start: Int
    private let end: Int

    /// - Throws: `CognitronError` where the model or its coding is none of texts.
    public init(
        model: Model, coding: TextCoding, search: TokenSearch = .greedy, limit: Int = 100
    ) throws {
        guard coding.inputs != nil, let targets = coding.targets, model.inputCount == 2,
            let start = targets.mark(TextVectorization.start), let end = targets.mark(TextVectorization.end)
        else {
            throw CognitronError(
                .model, model.name ?? "the model", "writes no texts of texts",
                expected: "two inputs of tokens, and vocabularies with start and end marks")
        }
        (self.model, self.coding, self.search, self.limit) = (model, coding, search, limit)
        (self.start, self.end) = (start, end)
    }

    /// A text for each of some.
    ///
    /// - Throws: `CognitronError` where a text is empty, or the model knows no word of it.
    public func texts(for sources: [String]) throws -> [String] {
        let tokens = try sources.enumerated().map { number, text in
            try coding.tokens(of: text, sources.count == 1 ? "text" : "text \(number + 1)")
        }
        return try texts(of: tokens).map { coding.targets?.text(of: $0) ?? "" }
    }

    /// The tokens written for those of some sources, each by itself.
    public func texts(of sources: [[Int]]) throws -> [[Int]] {
        guard !sources.isEmpty else { return [] }
        let hypotheses = try search.texts(
            model.decoding(given: [TokenSequences.rows(sources)], stepping: 1), count: sources.count,
            start: start, end: end, limit: limit)
        return hypotheses.map { $0.first?.tokens ?? [] }
    }
}

/// How many texts of a test set are written exactly, and how good the others are.
public struct TranslationScores: Sendable {
    /// The share of the texts that are the wanted ones, token for token.
    public let exact: Float
    /// Sources, wanted texts and those written.
    public let texts: [(source: String, wanted: String, written: String)]

    private static let batchSize = 64

    /// - Parameters:
    ///   - source: samples of the task `.text`.
    ///   - limit: the most samples that are translated, the first ones.
    public init(_ translator: Translator, on source: any BatchSource, limit: Int = .max) throws {
        let count = min(limit, source.sampleCount ?? limit)
        var texts: [(source: String, wanted: String, written: String)] = []
        var right = 0
        for start in stride(from: 0, to: count, by: Self.batchSize) {
            let numbers = Array(start..<min(start + Self.batchSize, count))
            guard let batch = try source.batch(numbers, nil) else { break }
            let sources = batch.inputs[0].tokenRows
            let wanted = batch.targets[0].tokenRows.map { $0.dropLast() }
            let written = try translator.texts(of: sources)
            for (place, own) in written.enumerated() {
                if own == Array(wanted[place]) { right += 1 }
                texts.append(
                    (
                        translator.coding.inputs?.text(of: sources[place]) ?? "",
                        translator.coding.targets?.text(of: Array(wanted[place])) ?? "",
                        translator.coding.targets?.text(of: own) ?? ""
                    ))
            }
        }
        exact = texts.isEmpty ? .nan : Float(right) / Float(texts.count)
        self.texts = texts
    }
}

extension Tensor {
    /// The tokens of each row (N, T), without the padding at its end.
    var tokenRows: [[Int]] {
        let numbers = scalars
        return (0..<shape[0]).map { row in
            let own = numbers[row * shape[1]..<(row + 1) * shape[1]]
            return own.prefix((own.lastIndex { $0 != 0 } ?? own.startIndex - 1) - own.startIndex + 1)
                .map { Int($0) }
        }
    }
}
