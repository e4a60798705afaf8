/// Turns tokens into vectors, and by `reversed()` vectors into a score for every token.
///
///     let embedding = ReversibleEmbedding(10_000, 64)
///     let logits = embedding.reversed()(transformer(embedding(tokens)))
///
/// It is an `Embedding` with the arguments of the way back.
///
/// - Input shape: `(N, …)`, whole numbers from 0 to `inputDim − 1`; output shape: `(N, …, outputDim)`.
/// - Parameters: `embeddings (inputDim, outputDim)`. Those of the way back belong to the reversed layer.
/// - Throws: as `Embedding`.
/// - Source: Keras `ReversibleEmbedding` (its call's `reverse` is a layer of its own here); Press and Wolf,
///   "Using the Output Embedding to Improve Language Models" (2016).
public final class ReversibleEmbedding: TokenLayer, Codable {
    private let embedding: Embedding
    public let tieWeights: Bool
    public let logitSoftCap: Float?
    public var name: String? { embedding.name }
    public var tokenCount: Int { embedding.tokenCount }
    public var embeddings: Parameter { embedding.embeddings }
    public var parameters: [Parameter] { embedding.parameters }

    /// - Parameters:
    ///   - inputDim: the number of tokens.
    ///   - outputDim: the length of a vector.
    ///   - tieWeights: whether the way back uses the same table, instead of one of its own.
    ///   - embeddingsInitializer: how the first vectors are drawn.
    ///   - embeddingsRegularizer: what the loss is charged for the vectors; nothing by default.
    ///   - embeddingsConstraint: what the vectors are brought back to after every step.
    ///   - maskZero: whether token 0 is padding, which layers after this one and the loss leave out.
    ///   - logitSoftCap: what scores are kept below, by a tangent; nil for no bound.
    ///   - name: the layer's name in messages, summaries and files; by default its type with a number.
    public init(
        _ inputDim: Int, _ outputDim: Int, tieWeights: Bool = true,
        embeddingsInitializer: Initializer = .randomUniform, embeddingsRegularizer: Regularizer? = nil,
        embeddingsConstraint: Constraint? = nil, maskZero: Bool = false, logitSoftCap: Float? = nil,
        name: String? = nil
    ) {
        embedding = Embedding(
            inputDim, outputDim, embeddingsInitializer: embeddingsInitializer,
            embeddingsRegularizer: embeddingsRegularizer, embeddingsConstraint: embeddingsConstraint,
            maskZero: maskZero, name: name)
        self.tieWeights = tieWeights
        self.logitSoftCap = logitSoftCap
    }

    /// The layer that turns vectors into scores.
    public func reversed(name: String? = nil) -> ReversedEmbedding {
        embedding.reversed(tieWeights: tieWeights, logitSoftCap: logitSoftCap, name: name)
    }

    public func build(_ input: Shape, _ context: inout BuildContext) throws -> Shape {
        try embedding.build(input, &context)
    }

    public func outputMasks(_ inputs: [Tensor], _ masks: [Tensor?]) -> [Tensor?] {
        embedding.outputMasks(inputs, masks)
    }

    public func forward(_ input: consuming Tensor, _ pass: Pass) -> (output: Tensor, pullback: Pullback) {
        embedding.forward(input, pass)
    }
}
