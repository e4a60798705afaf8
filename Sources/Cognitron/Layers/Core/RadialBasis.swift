/// The negative squared distance of each row to fixed centres.
///
///     output[n, i] = −Σ (input[n, j] − centres[i][j])²
///
/// The nearest centre has the largest output, so that the outputs are logits: `fromLogits: true`.
///
/// - Input shape: `(N, features)`; output shape: `(N, centres)`.
/// - Throws: from `build`, a `CognitronError` where a centre has not the input's features.
/// - Source: LeCun, Bottou, Bengio and Haffner, "Gradient-Based Learning Applied to Document Recognition"
///   (1998), the output layer. Keras has none.
public final class RadialBasis: Layer, Codable {
    /// One row of features for each output.
    public let centres: [[Float]]
    public let name: String?

    /// - Parameters:
    ///   - centres: one row of features for each output. They are not trained.
    ///   - name: the layer's name in messages, summaries and files; by default its type with a number.
    public init(centres: [[Float]], name: String? = nil) {
        self.centres = centres
        self.name = name
    }

    public func build(_ input: Shape, _ context: inout BuildContext) throws -> Shape {
        guard input.rank == 1 else {
            throw context.error(.shape, "needs rows", expected: "(features)", got: "\(input)")
        }
        try context.require("centres", centres.count)
        if let wrong = centres.first(where: { $0.count != input[0] }) {
            throw context.error(
                .argument, "a centre does not fit its input", expected: "\(input[0]) features",
                got: "\(wrong.count)")
        }
        return [centres.count]
    }

    public func forward(_ input: consuming Tensor, _ pass: Pass) -> (output: Tensor, pullback: Pullback) {
        let x = input
        // (features, centres)
        let c = Tensor(centres.flatMap { $0 }, shape: [centres.count, x.shape[1]]).permuted([1, 0])
        let squares = (c * c).sum(axis: 0)
        let energy = (x * x).sum(axis: 1, keepingDimensions: true)
        return (
            2 * x.matmul(c) - energy - squares,
            // −2 · Σ dy · (x − c)
            { dy in 2 * (dy.matmul(c, transposingOther: true) - x * dy.sum(axis: 1, keepingDimensions: true))
            }
        )
    }

    public func multiplyAdds(inputs: [Shape], outputs: [Shape]) -> Int { inputs[0][0] * centres.count }
}
