import CognitronKernels

// Pooling over the whole image: one number a channel.

extension GlobalPooling {
    /// - Parameter input: (N, H, W, C)
    fileprivate init(_ input: Shape) {
        self.init(images: input[0], pixels: input[1] * input[2], channels: input[3])
    }
}

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

    /// None: no row of the image is left that a mask could mean.
    public func outputMasks(_ inputs: [Tensor], _ masks: [Tensor?]) -> [Tensor?] { [] }

    public func forward(_ input: consuming Tensor, _ pass: Pass) -> (output: Tensor, pullback: Pullback) {
        let shape = input.shape
        let kernel = GlobalPooling(shape)
        var output = Tensor(uninitialized: [shape[0], shape[3]])
        kernel.mean(input.pointer, into: output.mutablePointer)
        withExtendedLifetime(input) {}
        return (
            output,
            { outputGradient in
                var inputGradient = Tensor(uninitialized: shape)
                kernel.meanBackward(outputGradient.pointer, into: inputGradient.mutablePointer)
                withExtendedLifetime(outputGradient) {}
                return inputGradient
            }
        )
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

    /// None: no row of the image is left that a mask could mean.
    public func outputMasks(_ inputs: [Tensor], _ masks: [Tensor?]) -> [Tensor?] { [] }

    public func forward(_ input: consuming Tensor, _ pass: Pass) -> (output: Tensor, pullback: Pullback) {
        let shape = input.shape
        let kernel = GlobalPooling(shape)
        var output = Tensor(uninitialized: [shape[0], shape[3]])
        let places = Buffer(output.count)
        kernel.maximum(input.pointer, into: output.mutablePointer, places: places.words)
        withExtendedLifetime(input) {}
        return (
            output,
            { outputGradient in
                var inputGradient = Tensor(uninitialized: shape)
                kernel.maximumBackward(
                    outputGradient.pointer, places: places.words, into: inputGradient.mutablePointer)
                withExtendedLifetime((outputGradient, places)) {}
                return inputGradient
            }
        )
    }
}
