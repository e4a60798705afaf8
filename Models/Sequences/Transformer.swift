import Cognitron

/// The sizes of a transformer.
public struct TransformerSizes: Sendable {
    /// Blocks of the encoder, and of the decoder.
    public var layers: Int
    /// Numbers for each token.
    public var features: Int
    public var heads: Int
    /// Units between the two layers of a feed-forward network.
    public var units: Int
    /// The probability of dropping a number of what is added to a sum, and a weight of the attention.
    public var dropout: Float

    public init(layers: Int, features: Int, heads: Int, units: Int, dropout: Float) {
        (self.layers, self.features, self.heads) = (layers, features, heads)
        (self.units, self.dropout) = (units, dropout)
    }

    /// The base form of the paper.
    public static let base = TransformerSizes(layers: 6, features: 512, heads: 8, units: 2048, dropout: 0.1)
    /// For short texts on a few cores.
    public static let small = TransformerSizes(layers: 2, features: 64, heads: 4, units: 256, dropout: 0)
}

/// The transformer of Vaswani et al.
///
///     x = dropout(√d · embedding(tokens) + waves of the positions)
///     encoder: y = norm(x + dropout(attention(x, x))),  x ← norm(y + dropout(W₂ · relu(W₁ · y)))
///     decoder: the same with causal attention, and attention to the encoder's output in between
///     scores = x · embeddingsᵀ;  p = softmax(scores)
///
/// The output's matrix is the table of the decoder's embedding, and with `sharesEmbedding` the encoder's too.
/// Padding, token 0, is attended to by none. The base form:
///
/// | part | parameters |
/// |---|---|
/// | 6 blocks of the encoder | 6 · 3,152,384 |
/// | 6 blocks of the decoder | 6 · 4,204,032 |
/// | one embedding of 37,000 tokens | 18,944,000 |
/// | all | 63,082,496 |
///
/// - Parameters:
///   - inputTokens: how many tokens the source has; `targetTokens` likewise.
///   - sharesEmbedding: whether source and target have one vocabulary, of `targetTokens`.
/// - Returns: a model of two models, `encoder`: `(N, S)` → `(N, S, d)`, and `decoder`: `(N, T)` and that →
///   `(N, T, targetTokens)`, the scores of the next token.
/// - Throws: `CognitronError` where a size is impossible.
/// - Source: Vaswani et al., "Attention Is All You Need" (2017).
public func transformer(
    inputTokens: Int, targetTokens: Int, _ sizes: TransformerSizes = .small, sharesEmbedding: Bool = false
) throws -> Model {
    let targetEmbedding = sizes.embedding(targetTokens)
    let sourceEmbedding = sharesEmbedding ? targetEmbedding : sizes.embedding(inputTokens)
    let encoder = try sizes.encoder(sourceEmbedding)
    let decoder = try sizes.decoder(targetEmbedding)
    let (source, target) = (Input(nil), Input(nil))
    return try Model(
        inputs: [source, target], outputs: [decoder(target, encoder(source))], name: "transformer")
}

extension TransformerSizes {
    /// Its vectors have a length of about 1, and √d after the scaling.
    fileprivate func embedding(_ tokens: Int) -> Embedding {
        let stddev = 1 / Float(features).squareRoot()
        return Embedding(
            tokens, features, embeddingsInitializer: .randomNormal(stddev: stddev), maskZero: true)
    }

    private func embedded(_ tokens: Input, _ embedding: Embedding) -> SymbolicTensor {
        let x = Rescaling(Float(features).squareRoot())(embedding(tokens))
        return Dropout(dropout)(Add()(x, SinePositionEncoding()(x)))
    }

    fileprivate func encoder(_ embedding: Embedding) throws -> Model {
        let tokens = Input(nil)
        var x = embedded(tokens, embedding)
        for _ in 0..<layers {
            x = TransformerEncoder(intermediateDim: units, numHeads: heads, dropout: dropout)(x)
        }
        return try Model(inputs: tokens, outputs: x, name: "encoder")
    }

    fileprivate func decoder(_ embedding: Embedding) throws -> Model {
        let (tokens, memory) = (Input(nil), Input(nil, features))
        var x = embedded(tokens, embedding)
        for _ in 0..<layers {
            x = TransformerDecoder(intermediateDim: units, numHeads: heads, dropout: dropout)(x, memory)
        }
        return try Model(
            inputs: [tokens, memory], outputs: [embedding.reversed()(x)], name: "decoder")
    }
}
