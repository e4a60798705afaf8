/// Reshapes each sample.
///
///     Reshape([7, 7, 64])
///     Reshape(-1, 64)
///
/// - Input shape: `(N, …)`; output shape: `(N, …targetShape)`. One size may be -1: it is computed from the
///   others.
/// - Throws: from `build`, a `CognitronError` where the counts of values differ.
/// - Source: Keras `Reshape`.
public final class Reshape: Layer, Codable {
    public let targetShape: Shape
    public let name: String?

    /// - Parameters:
    ///   - targetShape: the new shape of one sample; one size may be -1.
    ///   - name: the layer's name in messages, summaries and files; by default its type with a number.
    public init(_ targetShape: Shape, name: String? = nil) {
        self.targetShape = targetShape
        self.name = name
    }

    /// The same with the shape's sizes one by one.
    public convenience init(_ first: Int, _ others: Int..., name: String? = nil) {
        self.init(Shape([first] + others), name: name)
    }

    public func build(_ input: Shape, _ context: inout BuildContext) throws -> Shape {
        var sizes = Array(targetShape)
        let unknown = sizes.indices.filter { sizes[$0] == -1 }
        let known = Shape(sizes.filter { $0 != -1 }).checkedElementCount ?? 0
        if unknown.count == 1, known > 0 { sizes[unknown[0]] = input.elementCount / known }
        guard sizes.allSatisfy({ $0 > 0 }), Shape(sizes).checkedElementCount == input.elementCount else {
            throw context.error(
                .shape, "cannot make \(targetShape) of its input \(input)",
                expected: "sizes whose product is \(input.elementCount)", got: "\(targetShape)")
        }
        return Shape(sizes)
    }

    public func forward(_ input: consuming Tensor, _ pass: Pass) -> (output: Tensor, pullback: Pullback) {
        let shape = input.shape
        let known = targetShape.reduce(1) { $1 == -1 ? $0 : $0 * $1 }
        let sizes = targetShape.map { $0 == -1 ? shape.sample.elementCount / known : $0 }
        return (input.reshaped(Shape(sizes).batched(shape[0])), { $0.reshaped(shape) })
    }
}
