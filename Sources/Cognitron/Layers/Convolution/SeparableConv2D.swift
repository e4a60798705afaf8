/// A separable convolution of images: of each channel separately, then a mixing of the channels at each
/// place.
///
///     between[n, i, j, c·m + k]
///         = Σ input[n, i·s + a·d − p, j·s + b·d − p, c] · depthwiseKernel[a, b, c, k]
///     output[n, i, j, o] = activation(bias[o] + Σ between[n, i, j, q] · pointwiseKernel[0, 0, q, o])
///
/// with strides s, dilation d, padding p and m = depthMultiplier, summed over the kernel's rows a and columns
/// b and over the channels q between. Between the two there is no bias and no activation.
///
/// - Input shape: `(N, H, W, C)`; output shape: `(N, OH, OW, filters)`.
/// - Parameters: `depthwise_kernel (KH, KW, C, depthMultiplier)`, `pointwise_kernel (1, 1, C ·
///   depthMultiplier, filters)`, `bias
///   (filters)` unless `useBias` is false.
/// - Throws: from `build`, a `CognitronError` where the input is no image, the kernel does not fit it, an
///   argument is below 1, or strides and dilation come together without explicit padding.
/// - Source: Keras `SeparableConv2D`, which wants equal strides; Chollet, "Xception" (2017).
public final class SeparableConv2D: SeparableLayer {
    public static let rank = 2
    public let arguments: SeparableArguments
    public let depthwiseKernel = Parameter()
    public let pointwiseKernel = Parameter()
    public let bias = Parameter()

    public init(_ arguments: SeparableArguments) { self.arguments = arguments }

    /// - Parameters:
    ///   - filters: the channels of the output, at least 1.
    ///   - kernelSize: the rows and columns of a filter: one number for both, or `[height, width]`.
    ///   - strides: the steps from one window to the next.
    ///   - padding: zeros around the input: `.valid` (none), `.same` (as many as give ⌈size / stride⌉ rows
    ///     and columns), `.explicit(n)` (n rows and columns on every side) or `.explicit([[top, bottom],
    ///     [left, right]])`.
    ///   - depthMultiplier: the filters of each channel, at least 1.
    ///   - dilationRate: the distance between neighbouring taps of a filter; 1 leaves no gaps.
    ///   - activation: the function applied to the sums; linear by default.
    ///   - useBias: whether to add a bias to each filter's output.
    ///   - depthwiseInitializer: the distribution of the initial depthwise kernel.
    ///   - pointwiseInitializer: that of the pointwise kernel.
    ///   - biasInitializer: the initial bias.
    ///   - depthwiseRegularizer: a penalty on the depthwise kernel that is added to the loss; none by
    ///     default. `pointwiseRegularizer` and `biasRegularizer` likewise.
    ///   - activityRegularizer: a penalty on the outputs that is added to the loss, as a mean over the
    ///     samples.
    ///   - depthwiseConstraint: applied to the depthwise kernel after every step; none by default.
    ///     `pointwiseConstraint` and `biasConstraint` likewise.
    ///   - name: the layer's name in messages, summaries and files; by default its type with a number.
    public convenience init(
        _ filters: Int, kernelSize: some WindowSizeConvertible, strides: some WindowSizeConvertible = 1,
        padding: Padding = .valid, dilationRate: some WindowSizeConvertible = 1, depthMultiplier: Int = 1,
        activation: ActivationFunction = .linear, useBias: Bool = true,
        depthwiseInitializer: Initializer = .glorotUniform,
        pointwiseInitializer: Initializer = .glorotUniform, biasInitializer: Initializer = .zeros,
        depthwiseRegularizer: Regularizer? = nil, pointwiseRegularizer: Regularizer? = nil,
        biasRegularizer: Regularizer? = nil, activityRegularizer: Regularizer? = nil,
        depthwiseConstraint: Constraint? = nil,
        pointwiseConstraint: Constraint? = nil, biasConstraint: Constraint? = nil, name: String? = nil
    ) {
        self.init(
            SeparableArguments(
                filters: filters, kernelSize: kernelSize.windowSize(rank: Self.rank),
                strides: strides.windowSize(rank: Self.rank), padding: padding,
                dilationRate: dilationRate.windowSize(rank: Self.rank), depthMultiplier: depthMultiplier,
                activation: activation, useBias: useBias, depthwiseInitializer: depthwiseInitializer,
                pointwiseInitializer: pointwiseInitializer, biasInitializer: biasInitializer,
                depthwiseRegularizer: depthwiseRegularizer, pointwiseRegularizer: pointwiseRegularizer,
                biasRegularizer: biasRegularizer, activityRegularizer: activityRegularizer,
                depthwiseConstraint: depthwiseConstraint,
                pointwiseConstraint: pointwiseConstraint, biasConstraint: biasConstraint, name: name))
    }
}
