// Pooling over the whole image: one number a channel.

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

    public func forward(_ input: consuming Tensor, _ phase: Phase) -> (output: Tensor, pullback: Pullback) {
        let shape = input.shape
        return (
            input.mean(axes: [1, 2]),
            { outputGradient in
                let share = outputGradient.reshaped([shape[0], 1, 1, shape[3]]) / Float(shape[1] * shape[2])
                return share + Tensor.zeros(shape)
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

    public func forward(_ input: consuming Tensor, _ phase: Phase) -> (output: Tensor, pullback: Pullback) {
        let shape = input.shape
        let pixels = input.reshaped([shape[0], shape[1] * shape[2], shape[3]])
        let (output, places) = (pixels.max(axis: 1), pixels.argmax(axis: 1))
        return (
            output,
            { outputGradient in
                var inputGradient = Tensor.zeros(pixels.shape)
                let channels = shape[3]
                inputGradient.withUnsafeMutableScalars { dx in
                    for n in 0..<shape[0] {
                        for c in 0..<channels {
                            let place = Int(places[n, c])
                            dx[(n * pixels.shape[1] + place) * channels + c] = outputGradient[n, c]
                        }
                    }
                }
                return inputGradient.reshaped(shape)
            }
        )
    }
}
