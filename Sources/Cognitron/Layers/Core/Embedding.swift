/// Turns tokens into vectors.
///
///     output[…, :] = embeddings[input[…], :]
///
///     Embedding(10_000, 64)                        // words 0 to 9,999
///     Embedding(10_000, 64, maskZero: true)        // 0 is padding
///
/// - Input shape: `(N, …)`, whole numbers from 0 to `inputDim − 1`; output shape: `(N, …, outputDim)`.
/// - Parameters: `embeddings (inputDim, outputDim)`.
/// - Throws: from `build`, a `CognitronError` where a size is below 1 or the weights have another shape;
///   from fit, evaluate and predict where a token is not allowed.
/// - Source: Keras `Embedding`.
public final class Embedding: TokenLayer, Codable {
    public let inputDim: Int
    public let outputDim: Int
    public let embeddingsInitializer: Initializer
    public let embeddingsRegularizer: Regularizer?
    public let embeddingsConstraint: Constraint?
    public let maskZero: Bool
    public let name: String?
    public var tokenCount: Int { inputDim }

    public let embeddings = Parameter()
    public var parameters: [Parameter] { [embeddings] }
    /// The first embeddings, where they were given. Not in files, which hold the present ones.
    private let weights: GivenValues?

    private enum CodingKeys: CodingKey {
        case inputDim, outputDim, embeddingsInitializer, embeddingsRegularizer, embeddingsConstraint, maskZero
        case name
    }

    /// - Parameters:
    ///   - inputDim: the number of tokens.
    ///   - outputDim: the length of a vector.
    ///   - embeddingsInitializer: how the first vectors are drawn.
    ///   - embeddingsRegularizer: what the loss is charged for the vectors; nothing by default.
    ///   - embeddingsConstraint: what the vectors are brought back to after every step.
    ///   - maskZero: whether token 0 is padding, which layers after this one and the loss leave out.
    ///   - weights: the first vectors, `(inputDim, outputDim)`, in place of drawn ones.
    ///   - name: the layer's name in messages, summaries and files; by default its type with a number.
    public init(
        _ inputDim: Int, _ outputDim: Int, embeddingsInitializer: Initializer = .randomUniform,
        embeddingsRegularizer: Regularizer? = nil, embeddingsConstraint: Constraint? = nil,
        maskZero: Bool = false, weights: Tensor? = nil, name: String? = nil
    ) {
        self.inputDim = inputDim
        self.outputDim = outputDim
        self.embeddingsInitializer = embeddingsInitializer
        self.embeddingsRegularizer = embeddingsRegularizer
        self.embeddingsConstraint = embeddingsConstraint
        self.maskZero = maskZero
        self.weights = weights.map(GivenValues.init)
        self.name = name
    }

    public convenience init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            try container.decode(Int.self, forKey: .inputDim),
            try container.decode(Int.self, forKey: .outputDim),
            embeddingsInitializer: try container.decode(Initializer.self, forKey: .embeddingsInitializer),
            embeddingsRegularizer: try container.decodeIfPresent(
                Regularizer.self, forKey: .embeddingsRegularizer),
            embeddingsConstraint: try container.decodeIfPresent(
                Constraint.self, forKey: .embeddingsConstraint),
            maskZero: try container.decode(.maskZero, default: false),
            name: try container.decodeIfPresent(String.self, forKey: .name))
    }

    public func build(_ input: Shape, _ context: inout BuildContext) throws -> Shape {
        try context.require("inputDim", inputDim)
        try context.require("outputDim", outputDim)
        try context.declare(
            embeddings, "embeddings", [inputDim, outputDim],
            weights.map { Initializer($0) } ?? embeddingsInitializer, regularizer: embeddingsRegularizer,
            constraint: embeddingsConstraint)
        return Shape(Array(input) + [outputDim])
    }

    public func outputMasks(_ inputs: [Tensor], _ masks: [Tensor?]) -> [Tensor?] {
        maskZero ? [inputs[0] .!= 0] : []
    }

    public func forward(_ input: consuming Tensor, _ pass: Pass) -> (output: Tensor, pullback: Pullback) {
        let (shape, tokens) = (input.shape, input.tokens(below: inputDim))
        let rows = embeddings.value.gathering(tokens, axis: 0)
        return (
            rows.reshaped(Shape(Array(shape) + [outputDim])),
            { [embeddings] dy in
                embeddings.accumulate { dy.addRows(at: tokens, into: &$0, beta: $1) }
                return .zeros(shape)
            }
        )
    }
}

/// First values that were given as they are.
private struct GivenValues: InitializerRule {
    let scalars: [Float]
    let shape: Shape

    init(_ values: Tensor) { (scalars, shape) = (values.scalars, values.shape) }

    func problem(for shape: Shape) -> RuleProblem? {
        shape == self.shape ? nil : ("weights of shape \(shape)", "\(self.shape)")
    }

    func make(_ shape: Shape, key: RandomKey) -> Tensor { Tensor(scalars, shape: shape) }
}
