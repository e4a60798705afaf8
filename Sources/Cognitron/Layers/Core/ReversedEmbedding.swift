extension Embedding {
    /// The layer that turns vectors into a score for every token, with the same table.
    ///
    ///     let embedding = Embedding(10_000, 64)
    ///     let logits = embedding.reversed()(transformer(embedding(tokens)))
    ///
    /// - Parameter logitSoftCap: what scores are kept below, by a tangent; nil for no bound.
    /// - Source: KerasHub and Keras `ReversibleEmbedding`, called with `reverse=True`.
    public func reversed(logitSoftCap: Float? = nil, name: String? = nil) -> ReversedEmbedding {
        ReversedEmbedding(self, logitSoftCap: logitSoftCap, name: name)
    }
}

/// A score for every token, by the table of an `Embedding`.
///
///     output = input · embeddingsᵀ, then cap · tanh(output / cap) where there is a cap
///
/// - Input shape: `(N, …, outputDim)`; output shape: `(N, …, inputDim)`.
/// - Parameters: `embeddings (inputDim, outputDim)`, the embedding's own.
/// - Throws: from `build`, a `CognitronError` where the input has another last size.
public final class ReversedEmbedding: Layer, Codable {
    private let embedding: Embedding
    public let logitSoftCap: Float?
    public let name: String?
    public var parameters: [Parameter] { embedding.parameters }

    fileprivate init(_ embedding: Embedding, logitSoftCap: Float?, name: String?) {
        self.embedding = embedding
        self.logitSoftCap = logitSoftCap
        self.name = name
    }

    public func build(_ input: Shape, _ context: inout BuildContext) throws -> Shape {
        _ = try embedding.build([], &context)
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
        let (x, table) = (input, embedding.embeddings.value)
        let logits = x.matmul(table, transposingOther: true)
        let (output, capPullback) = capped(logits)
        return (
            output,
            { [embedding] dy in
                let gradient = capPullback(dy)
                let rows = gradient.reshaped([-1, embedding.inputDim])
                embedding.embeddings.accumulate(
                    rows.matmul(x.reshaped([-1, embedding.outputDim]), transposingSelf: true))
                return gradient.matmul(table)
            }
        )
    }

    private func capped(_ logits: Tensor) -> (output: Tensor, pullback: Pullback) {
        guard let cap = logitSoftCap else { return (logits, { $0 }) }
        let tangent = (logits / cap).hyperbolicTangent
        return (tangent * cap, { $0 * (1 - tangent.squared) })
    }

    public func multiplyAdds(inputs: [Shape], outputs: [Shape]) -> Int {
        inputs[0].elementCount * embedding.inputDim
    }
}
