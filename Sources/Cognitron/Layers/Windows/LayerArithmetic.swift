import CognitronKernels

/// The sizes, parameters and costs of layers from their arguments, without making them.
///
///     LayerArithmetic.outputSize(227, kernelSize: 11, strides: 4)                            // 55
///     LayerArithmetic.convolutionParameters(kernelSize: 3, channels: 64, filters: 128)       // 73,856
///
/// A built model says its own: `parameterCount`, `multiplyAdds`, `receptiveField(of:)`.
public enum LayerArithmetic {
    /// ⌊(H + 2P − D · (F − 1) − 1) / S⌋ + 1, the pixels along an axis after a convolution or pooling; without
    /// dilation ⌊(H + 2P − F) / S⌋ + 1. 0 where the window does not fit.
    ///
    /// - Parameters:
    ///   - input: H, the pixels before.
    ///   - padding: P, zeros at either end.
    public static func outputSize(
        _ input: Int, kernelSize: Int, strides: Int = 1, padding: Int = 0, dilationRate: Int = 1
    ) -> Int {
        requirePositive(kernelSize, strides, dilationRate)
        return ConvolutionGeometry.outputSize(input + 2 * padding, kernelSize, strides, dilationRate)
    }

    /// (H − 1) · S + F − 2P, the pixels along an axis after a transposed convolution.
    public static func transposedOutputSize(
        _ input: Int, kernelSize: Int, strides: Int = 1, padding: Int = 0
    ) -> Int {
        requirePositive(input, kernelSize, strides)
        return (input - 1) * strides + kernelSize - 2 * padding
    }

    /// (F · F · C / groups + 1) · filters: the weights of F × F filters, and a bias for each.
    public static func convolutionParameters(
        kernelSize: Int, channels: Int, filters: Int, groups: Int = 1, useBias: Bool = true
    ) -> Int {
        requirePositive(kernelSize, channels, filters, groups)
        return (kernelSize * kernelSize * (channels / groups) + (useBias ? 1 : 0)) * filters
    }

    /// (inputs + 1) · units: the weights of a dense layer, and a bias for each unit.
    public static func denseParameters(inputs: Int, units: Int, useBias: Bool = true) -> Int {
        requirePositive(inputs, units)
        return (inputs + (useBias ? 1 : 0)) * units
    }

    /// OH · OW · F · F · C / groups · filters: the multiplications of a convolution, each with an addition.
    /// A dense layer has as many as weights.
    ///
    /// - Parameter output: OH and OW, the pixels of the output.
    public static func convolutionMultiplyAdds(
        output: (height: Int, width: Int), kernelSize: Int, channels: Int, filters: Int, groups: Int = 1
    ) -> Int {
        let weights = convolutionParameters(
            kernelSize: kernelSize, channels: channels, filters: filters, groups: groups, useBias: false)
        return output.height * output.width * weights
    }

    private static func requirePositive(_ numbers: Int...) {
        require(numbers.allSatisfy { $0 >= 1 }, "arguments \(numbers) of a layer; expected at least 1 each")
    }
}
