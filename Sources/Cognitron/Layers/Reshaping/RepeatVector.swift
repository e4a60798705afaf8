/// Repeats a vector: the same input at every time step.
///
///     output[t] = input for t = 1 … n
///
/// - Input shape: `(N, C)`; output shape: `(N, n, C)`.
/// - Throws: from `build`, a `CognitronError` where n is below 1 or the samples are no vectors.
/// - Source: Keras `RepeatVector`.
public final class RepeatVector: Layer, Codable {
    public let n: Int
    public let name: String?

    public init(_ n: Int, name: String? = nil) {
        self.n = n
        self.name = name
    }

    public func outputMasks(_ inputs: [Tensor], _ masks: [Tensor?]) -> [Tensor?] { [] }

    public func build(_ input: Shape, _ context: inout BuildContext) throws -> Shape {
        try context.require("n", n)
        guard input.rank == 1 else {
            throw context.error(.shape, "needs vectors", expected: "samples with one axis", got: "\(input)")
        }
        return [n, input[0]]
    }

    public func forward(_ input: consuming Tensor, _ pass: Pass) -> (output: Tensor, pullback: Pullback) {
        let column = input.expandingDimensions(at: 1)
        return (
            column.broadcast(to: [column.shape[0], n, column.shape[2]]),
            { $0.sum(axis: 1) }
        )
    }
}
