/// The start of a model: says what one sample looks like.
///
///     Input(32, 32, 3)                  // height × width × channels
///
/// In a `Sequential` it stands first; in the functional form it is the value that layers are called on.
///
/// - Input shape: `(N, …shape)`; output shape: the same.
/// - Source: Keras `Input`.
public final class Input: Layer, Codable {
    /// The shape of one sample.
    public let shape: Shape
    public let name: String?

    /// - Parameter sizes: the sizes of one sample's axes, without the batch.
    public init(_ sizes: Int..., name: String? = nil) {
        shape = Shape(sizes)
        self.name = name
    }

    public init(shape: Shape, name: String? = nil) {
        self.shape = shape
        self.name = name
    }

    public func build(_ input: Shape, _ context: inout BuildContext) throws -> Shape {
        for size in shape { try context.require("shape", size) }
        guard input == shape else {
            throw context.error(
                .shape, "the data do not fit the model", expected: "samples of shape \(shape)",
                got: "\(input)")
        }
        return input
    }

    public func forward(_ input: consuming Tensor, _ phase: Phase) -> (output: Tensor, pullback: Pullback) {
        (input, { $0 })
    }
}
