import Cognitron

/// A transformer's decoder alone, which predicts the next token of a text.
///
///     x = dropout(embedding(tokens) + learned positions)
///     x ← x + dropout(attention(norm(x))),  x ← x + dropout(W₂ · gelu(W₁ · norm(x)))
///     scores = norm(x) · embeddingsᵀ;  p = softmax(scores)
///
/// Attention is causal: no step sees later ones.
///
/// - Parameters:
///   - tokenCount: the size of the vocabulary; token 0 is padding.
///   - length: the number of positions: no longer text can be read.
/// - Returns: a model `(N, T)` → `(N, T, tokenCount)`: the scores, without the softmax.
/// - Throws: `CognitronError` where a size is impossible.
/// - Source: Radford et al., "Language Models are Unsupervised Multitask Learners" (2019), GPT-2.
public func gpt(
    tokenCount: Int, length: Int,
    _ sizes: TransformerSizes = TransformerSizes(layers: 4, features: 128, heads: 4, units: 512, dropout: 0.1)
) throws -> Model {
    let drawn = Initializer.randomNormal(stddev: 0.02)
    let embedding = Embedding(tokenCount, sizes.features, embeddingsInitializer: drawn, maskZero: true)
    let tokens = Input(nil)
    var x = embedding(tokens)
    x = Dropout(sizes.dropout)(Add()(x, PositionEmbedding(length, initializer: drawn)(x)))
    for _ in 0..<sizes.layers {
        x = TransformerDecoder(
            intermediateDim: sizes.units, numHeads: sizes.heads, dropout: sizes.dropout,
            activation: .gelu(approximate: true), kernelInitializer: drawn, normalizeFirst: true)(x)
    }
    let scores = embedding.reversed()(LayerNormalization(epsilon: 1e-5)(x))
    return try Model(inputs: tokens, outputs: scores, name: "gpt")
}
