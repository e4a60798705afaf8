/// Puts a sample's axes into another order.
///
///     Permute([2, 1])          // (N, T, C) → (N, C, T)
///
/// - Input shape: `(N, …)`; output shape: axis i of a sample is axis `dims[i]` of the input's, counted from
///   1.
/// - Throws: from `build`, a `CognitronError` unless the dims are all of the input's axes.
/// - Source: Keras `Permute`.
public final class Permute: Layer, Codable {
    public let dims: [Int]
    public let name: String?

    public init(_ dims: [Int], name: String? = nil) {
        self.dims = dims
        self.name = name
    }

    /// The first axis may be another one now: masks are not passed on.
    public func outputMasks(_ inputs: [Tensor], _ masks: [Tensor?]) -> [Tensor?] { [] }

    public func build(_ input: Shape, _ context: inout BuildContext) throws -> Shape {
        guard dims.sorted() == Array(1..<input.rank + 1) else {
            throw context.error(
                .argument, "invalid dims for inputs of shape \(input)",
                expected: "the numbers 1 to \(input.rank), each once", got: "\(dims)")
        }
        return Shape(dims.map { input[$0 - 1] })
    }

    public func forward(_ input: consuming Tensor, _ pass: Pass) -> (output: Tensor, pullback: Pullback) {
        let order = [0] + dims
        let back = order.indices.map { place in order.firstIndex(of: place) ?? place }
        return (input.permuted(order), { $0.permuted(back) })
    }
}
