// Pooling over the whole image: one number per channel.

/// The mean of each channel.
///
///     output[n, c] = mean over i, j of input[n, i, j, c]
///
/// - Input shape: `(N, H, W, C)`; output shape: `(N, C)`.
/// - Source: Keras `GlobalAveragePooling2D`; Lin, Chen and Yan, "Network in Network" (2014).
public final class GlobalAveragePooling2D: Layer, Codable {
    public let name: String?

    public init(name: String? = nil) { self.name = name }

    public func build(_ input: Shape, _ context: inout BuildContext) throws -> Shape {
        [try context.imageSize(input).channels]
    }

    /// None: the output has no rows that a mask could refer to.
    public func outputMasks(_ inputs: [Tensor], _ masks: [Tensor?]) -> [Tensor?] { [] }

    public func forward(_ input: consuming Tensor, _ pass: Pass) -> (output: Tensor, pullback: Pullback) {
        let shape = input.shape
        return (input.globalMean(), { $0.globalMeanGradient(shape) })
    }
}

/// The largest value of each channel.
///
///     output[n, c] = max over i, j of input[n, i, j, c]
///
/// - Input shape: `(N, H, W, C)`; output shape: `(N, C)`.
/// - Source: Keras `GlobalMaxPooling2D`.
public final class GlobalMaxPooling2D: Layer, Codable {
    public let name: String?

    public init(name: String? = nil) { self.name = name }

    public func build(_ input: Shape, _ context: inout BuildContext) throws -> Shape {
        [try context.imageSize(input).channels]
    }

    /// None: the output has no rows that a mask could refer to.
    public func outputMasks(_ inputs: [Tensor], _ masks: [Tensor?]) -> [Tensor?] { [] }

    public func forward(_ input: consuming Tensor, _ pass: Pass) -> (output: Tensor, pullback: Pullback) {
        let shape = input.shape
        let (output, positions) = input.globalMaximum()
        return (output, { $0.globalMaximumGradient(positions, shape) })
    }
}
