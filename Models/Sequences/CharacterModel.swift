import Cognitron
import CognitronData

/// A language model: for each token of a text, scores of the tokens that may follow.
///
///     hₜ = LSTM(embed(tokenₜ));   scores = dropout(hₜ) · W + b;   p(tokenₜ₊₁) = softmax(scores)
///
/// - Parameters:
///   - coding: how texts become tokens, usually characters.
///   - units: of the LSTM.
/// - Returns: a model with input `(N, T)` and output `(N, T, tokens)`.
/// - Source: Graves, "Generating Sequences With Recurrent Neural Networks" (2013), with one layer.
public func characterModel(_ coding: TextCoding, units: Int = 256) throws -> Model {
    let tokenCount = try readTokens(coding, "char-lm")
    let tokens = Input(nil)
    let states = LSTM(units, returnSequences: true)(Embedding(tokenCount, 64)(tokens))
    let next = Dense(tokenCount)(Dropout(0.1)(states))
    return try Model(inputs: tokens, outputs: next, name: "char-lm")
}
