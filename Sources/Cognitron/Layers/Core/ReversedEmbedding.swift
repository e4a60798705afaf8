extension Embedding {
    /// The layer that turns vectors into a score for every token, with the same table or one of its own.
    ///
    ///     let embedding = Embedding(10_000, 64)
    ///     let logits = embedding.reversed()(transformer(embedding(tokens)))
    ///
    /// - Parameters:
    ///   - tieWeights: whether its table is the embedding's.
    ///   - logitSoftCap: what scores are kept below, by a tangent; nil for no bound.
    /// - Source: KerasHub and Keras `ReversibleEmbedding`, called with `reverse=True`.
    public func reversed(
        tieWeights: Bool = true, logitSoftCap: Float? = nil, name: String? = nil
    ) -> ReversedEmbedding {
        ReversedEmbedding(self, tieWeights: tieWeights, logitSoftCap: logitSoftCap, name: name)
    }
}

/// A score for every token, by the table of an `Embedding` or one of its own.
///
///     output = input · embeddingsᵀ, or input · reverseEmbeddings,
///     then cap · tanh(output / cap) where there is a cap
///
/// - Input shape: `(N, …, outputDim)`; output shape: `(N, …, inputDim)`.
/// - Parameters: `embeddings (inputDim, outputDim)`, the embedding's own, or without `tieWeights`
///   `reverse_embeddings (outputDim, inputDim)`, drawn as the embedding's are.
/// - Throws: from `build`, a `CognitronError` where the input has another last size.
public final class ReversedEmbedding: Layer, Codable {
    private let embedding: Embedding
    /// In files: nil, and so left out, for the default.
    private let savedTying: Bool?
    public var tieWeights: Bool { savedTying ?? true }
    public let logitSoftCap: Float?
    public let name: String?

    private let reverseEmbeddings = Parameter()
    public var parameters: [Parameter] { tieWeights ? embedding.parameters : [reverseEmbeddings] }

    private enum CodingKeys: String, CodingKey {
        case embedding, logitSoftCap, name
        case savedTying = "tieWeights"
    }

    fileprivate init(_ embedding: Embedding, tieWeights: Bool, logitSoftCap: Float?, name: String?) {
        self.embedding = embedding
        savedTying = tieWeights ? nil : false
        self.logitSoftCap = logitSoftCap
        self.name = name
    }

    public func build(_ input: Shape, _ context: inout BuildContext) throws -> Shape {
        if tieWeights {
            _ = try embedding.build([], &context)
        } else {
            try context.declare(
                reverseEmbeddings, "reverse_embeddings", [embedding.outputDim, embedding.inputDim],
                embedding.embeddingsInitializer)
        }
        guard input.last == embedding.outputDim else {
            throw context.error(
                .shape, "its input does not fit the embeddings",
                expected: "a last axis of \(embedding.outputDim)", got: "\(input)")
        }
        if let cap = logitSoftCap, !(cap > 0 && cap.isFinite) {
            throw context.error(
                .argument, "invalid logitSoftCap", expected: "a number above 0", got: cap.text)
        }
        return input.replacingLast(with: embedding.inputDim)
    }

    public func forward(_ input: consuming Tensor, _ pass: Pass) -> (output: Tensor, pullback: Pullback) {
        let (logits, pullback) = tieWeights ? tied(input) : untied(input)
        guard let cap = logitSoftCap else { return (logits, pullback) }
        let tangent = (logits / cap).hyperbolicTangent
        return (tangent * cap, { pullback($0 * (1 - tangent.squared)) })
    }

    private func tied(_ input: consuming Tensor) -> (output: Tensor, pullback: Pullback) {
        let (x, table) = (input, embedding.embeddings.value)
        return (
            x.matmul(table, transposingOther: true),
            { [embedding] outputGradient in
                let dy = outputGradient
                embedding.embeddings.accumulate { dy.addMatmulGradient(x, into: &$0, beta: $1) }
                return dy.matmul(table)
            }
        )
    }

    private func untied(_ input: consuming Tensor) -> (output: Tensor, pullback: Pullback) {
        let (x, table) = (input, reverseEmbeddings.value)
        return (
            x.matmul(table),
            { [reverseEmbeddings] outputGradient in
                let dy = outputGradient
                reverseEmbeddings.accumulate { x.addMatmulGradient(dy, into: &$0, beta: $1) }
                return dy.matmul(table, transposingOther: true)
            }
        )
    }

    public func multiplyAdds(inputs: [Shape], outputs: [Shape]) -> Int {
        inputs[0].elementCount * embedding.inputDim
    }
}
