import Cognitron
import CognitronData

/// Goes on with texts by a language model, token by token.
///
///     var generator = try TextGenerator(model: model, coding: coding, TokenSampler(temperature: 0.8))
///     try generator.continuation(of: "In the", length: 200)
///
/// Where a model has positions for so many tokens only, it goes on with the later half of the text so far.
public struct TextGenerator {
    public let model: Model
    private let vectorization: TextVectorization
    private var sampler: TokenSampler

    /// - Throws: `CognitronError` where the coding reads no text.
    public init(model: Model, coding: TextCoding, _ sampler: TokenSampler) throws {
        guard let vectorization = coding.inputs, model.inputCount == 1 else {
            throw CognitronError(
                .model, model.name ?? "the model", "is no language model",
                expected: "one input of tokens, and its vocabulary")
        }
        (self.model, self.vectorization, self.sampler) = (model, vectorization, sampler)
    }

    /// The text that follows a prompt.
    ///
    /// - Parameters:
    ///   - length: the number of tokens.
    ///   - report: gets each token's text as soon as it is drawn.
    /// - Throws: `CognitronError` where the prompt has no token that the model knows.
    public mutating func continuation(
        of prompt: String, length: Int, report: (String) -> Void = { _ in }
    ) throws -> String {
        let coding = TextCoding(inputs: vectorization)
        var tokens = try coding.tokens(of: prompt, "prompt")
        let start = tokens.count
        let excluded: Set = [TextVectorization.padding, vectorization.lookup.unknown]
        var decoding = try model.decoding()
        let most = decoding.limit ?? .max
        var next = Array(tokens.suffix(most))
        for _ in 0..<max(0, length) {
            if decoding.count + next.count > most {
                decoding = try model.decoding()
                next = Array(tokens.suffix(max(1, most / 2)))
            }
            let scores = try decoding.next(TokenSequences.rows([next]))
            let token = sampler.token(scores.lastStep, excluding: excluded)
            // How a token is joined to the text depends on the one before it.
            let before = vectorization.text(of: Array(tokens.suffix(1)))
            tokens.append(token)
            report(String(vectorization.text(of: Array(tokens.suffix(2))).dropFirst(before.count)))
            next = [token]
        }
        let whole = vectorization.text(of: tokens)
        return String(whole.dropFirst(vectorization.text(of: Array(tokens.prefix(start))).count))
    }
}

extension Tensor {
    /// The scores (1, P, V) of the last step.
    fileprivate var lastStep: [Float] { Array(scalars.suffix(shape[2])) }
}
