/// A transposed convolution of images: every input adds its multiple of the kernel to a window of the output.
///
///     output[n, i·s + a·d − p, j·s + b·d − p, o] += input[n, i, j, c] · kernel[a, b, o, c]
///
/// It is the gradient of a convolution with the same arguments with respect to its input, and so turns the
/// output's size of that convolution into the input's.
///
/// - Input shape: `(N, H, W, C)`; output shape: `(N, OH, OW, filters)`, along each axis (input − 1) · stride
///   + max(span, stride) for `.valid`, input · stride for `.same`, (input − 1) · stride + span − before −
///   after for `.explicit`, where span = dilationRate · (kernelSize − 1) + 1. With `outputPadding` it is
///   (input − 1) · stride + span − cut + outputPadding, with a cut of 0, 2 · ⌊span / 2⌋ or before + after.
/// - Parameters: `kernel (KH, KW, filters, C)`, `bias (filters)` unless `useBias` is false.
/// - Throws: from `build`, a `CognitronError` where the input has other axes, the output has no pixels, an
///   argument is below 1, `outputPadding` is not below the strides, or strides and dilation come together
///   without explicit padding.
/// - Source: Keras `Conv2DTranspose`; for explicit padding, PyTorch `ConvTranspose2d`; Zeiler et al.,
///   "Deconvolutional Networks" (2010).
public final class Conv2DTranspose: TransposedConvolutionLayer {
    public static let rank = 2
    public let arguments: ConvolutionArguments
    public let kernel = Parameter()
    public let bias = Parameter()

    public init(_ arguments: ConvolutionArguments) { self.arguments = arguments }

    /// - Parameters:
    ///   - filters: the channels of the output, at least 1.
    ///   - kernelSize: the rows and columns of a filter: one number for both, or `[height, width]`.
    ///   - strides: the steps in the output between the windows of neighbouring inputs.
    ///   - padding: what is cut off the sums: `.valid` (nothing), `.same` (as much as gives an output of
    ///     input · strides) or `.explicit(n)` (n on every side, as PyTorch's padding).
    ///   - outputPadding: added to the output's size at the end, below the strides: it tells apart the input
    ///     sizes of a strided convolution that give one output size. Nil for the default of the padding.
    ///   - dilationRate: the distance between neighbouring taps of a filter; 1 leaves no gaps.
    ///   - activation: the function applied to the sums; linear by default.
    ///   - useBias: whether to add a bias to each filter's output.
    ///   - kernelInitializer: the distribution of the initial kernel.
    ///   - biasInitializer: the initial bias.
    ///   - kernelRegularizer: a penalty on the kernel that is added to the loss; none by default.
    ///     `biasRegularizer` likewise.
    ///   - activityRegularizer: a penalty on the outputs that is added to the loss, as a mean over the
    ///     samples.
    ///   - kernelConstraint: applied to the kernel after every step; none by default. `biasConstraint`
    ///     likewise.
    ///   - name: the layer's name in messages, summaries and files; by default its type with a number.
    public convenience init(
        _ filters: Int, kernelSize: some WindowSizeConvertible, strides: some WindowSizeConvertible = 1,
        padding: Padding = .valid, outputPadding: (any WindowSizeConvertible)? = nil,
        dilationRate: some WindowSizeConvertible = 1,
        activation: ActivationFunction = .linear, useBias: Bool = true,
        kernelInitializer: Initializer = .glorotUniform, biasInitializer: Initializer = .zeros,
        kernelRegularizer: Regularizer? = nil, biasRegularizer: Regularizer? = nil,
        activityRegularizer: Regularizer? = nil, kernelConstraint: Constraint? = nil,
        biasConstraint: Constraint? = nil,
        name: String? = nil
    ) {
        self.init(
            ConvolutionArguments(
                filters: filters, kernelSize: kernelSize.windowSize(rank: Self.rank),
                strides: strides.windowSize(rank: Self.rank), padding: padding,
                outputPadding: outputPadding?.windowSize(rank: Self.rank),
                dilationRate: dilationRate.windowSize(rank: Self.rank), activation: activation,
                useBias: useBias, kernelInitializer: kernelInitializer,
                biasInitializer: biasInitializer, kernelRegularizer: kernelRegularizer,
                biasRegularizer: biasRegularizer, activityRegularizer: activityRegularizer,
                kernelConstraint: kernelConstraint,
                biasConstraint: biasConstraint, name: name))
    }
}
