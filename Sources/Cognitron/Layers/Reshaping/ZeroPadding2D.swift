import CognitronKernels

/// Puts rows and columns of zeros around an image.
///
///     ZeroPadding2D(1)                                        // one pixel on every side
///     ZeroPadding2D(top: 0, bottom: 1, left: 0, right: 1)
///
/// - Input shape: `(N, H, W, C)`; output shape: `(N, top + H + bottom, left + W + right, C)`.
/// - Throws: from `build`, a `CognitronError` where an amount is below 0.
/// - Source: Keras `ZeroPadding2D`.
public final class ZeroPadding2D: Layer, Codable {
    public let top: Int
    public let bottom: Int
    public let left: Int
    public let right: Int
    public let name: String?

    public init(top: Int, bottom: Int, left: Int, right: Int, name: String? = nil) {
        self.top = top
        self.bottom = bottom
        self.left = left
        self.right = right
        self.name = name
    }

    /// The same amount above and below, and left and right.
    public convenience init(_ padding: some Size2DConvertible = 1, name: String? = nil) {
        let size = padding.size2D
        self.init(top: size.height, bottom: size.height, left: size.width, right: size.width, name: name)
    }

    public func build(_ input: Shape, _ context: inout BuildContext) throws -> Shape {
        let image = try context.imageSize(input)
        for amount in [top, bottom, left, right] { try context.require("padding", amount, atLeast: 0) }
        return [top + image.height + bottom, left + image.width + right, image.channels]
    }

    public func forward(_ input: consuming Tensor, _ pass: Pass) -> (output: Tensor, pullback: Pullback) {
        let shape = input.shape
        let kernel = ZeroPadding(
            input: (shape[0], shape[1], shape[2], shape[3]), padding: (top, bottom, left, right))
        var output = Tensor(
            uninitialized: [shape[0], top + shape[1] + bottom, left + shape[2] + right, shape[3]])
        kernel.forward(input.pointer, into: output.mutablePointer)
        withExtendedLifetime(input) {}
        return (
            output,
            { outputGradient in
                var inputGradient = Tensor(uninitialized: shape)
                kernel.backward(outputGradient.pointer, into: inputGradient.mutablePointer)
                withExtendedLifetime(outputGradient) {}
                return inputGradient
            }
        )
    }
}
