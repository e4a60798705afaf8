/// Learned vectors for the positions in a sequence, of the shape of its input, to be added to it.
///
///     output[n, t, :] = positionEmbeddings[t, :]
///
///     let x = embedding(tokens)
///     let positioned = Add()(x, PositionEmbedding(128)(x))
///
/// - Input shape: `(N, T, C)`, or with further axes before T; output shape: the same.
/// - Parameters: `position_embeddings (sequenceLength, C)`.
/// - Throws: from `build`, a `CognitronError` where the sequences are longer than `sequenceLength`.
/// - Source: KerasHub `PositionEmbedding`; Devlin et al., "BERT" (2019).
public final class PositionEmbedding: Layer, Codable {
    public let sequenceLength: Int
    public let initializer: Initializer
    public let startIndex: Int
    public let name: String?

    public let positionEmbeddings = Parameter()
    public var parameters: [Parameter] { [positionEmbeddings] }

    private enum CodingKeys: CodingKey { case sequenceLength, initializer, startIndex, name }

    /// - Parameters:
    ///   - sequenceLength: how many positions have vectors.
    ///   - initializer: how the first vectors are drawn.
    ///   - startIndex: the position of the first step.
    ///   - name: the layer's name in messages, summaries and files; by default its type with a number.
    public init(
        _ sequenceLength: Int, initializer: Initializer = .glorotUniform, startIndex: Int = 0,
        name: String? = nil
    ) {
        self.sequenceLength = sequenceLength
        self.initializer = initializer
        self.startIndex = startIndex
        self.name = name
    }

    public func build(_ input: Shape, _ context: inout BuildContext) throws -> Shape {
        try context.require("sequenceLength", sequenceLength)
        try context.require("startIndex", startIndex, atLeast: 0)
        guard input.rank >= 2 else {
            throw context.error(
                .shape, "needs sequences", expected: "an input of shape steps × channels", got: "\(input)")
        }
        let steps = input[input.rank - 2]
        guard startIndex + steps <= sequenceLength else {
            throw context.error(
                .shape, "its input is longer than its embeddings",
                expected: "at most \(max(0, sequenceLength - startIndex)) steps", got: "\(steps)",
                advice: "raise sequenceLength")
        }
        try context.declare(
            positionEmbeddings, "position_embeddings", [sequenceLength, input[input.rank - 1]], initializer)
        return input
    }

    public func forward(_ input: consuming Tensor, _ pass: Pass) -> (output: Tensor, pullback: Pullback) {
        let shape = input.shape
        let first = startIndex + pass.stepsTaken
        let steps = first..<first + shape[shape.rank - 2]
        let rows = positionEmbeddings.value[steps]
        return (
            rows.broadcast(to: shape),
            { [positionEmbeddings] dy in
                let gradient = dy.sum(to: rows.shape)
                positionEmbeddings.accumulate { gradient.addRows(at: Array(steps), into: &$0, beta: $1) }
                return .zeros(shape)
            }
        )
    }
}
