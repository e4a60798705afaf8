/// A two-dimensional convolution (cross-correlation, as everywhere in deep learning).
///
///     output[n, i, j, o] = activation(
///         bias[o] + Σ input[n, i·s + a·d − p, j·s + b·d − p, c] · kernel[a, b, c, o])
///
/// with strides s, dilation d and padding p, summed over the kernel's rows a, columns b and channels c: all
/// channels, or with several `groups` those of the filter's group.
///
/// - Input shape: `(N, H, W, C)`; output shape: `(N, OH, OW, filters)`.
/// - Parameters: `kernel (KH, KW, C / groups, filters)`, `bias (filters)` unless `useBias` is false.
/// - Throws: from `build`, a `CognitronError` where the input is not an image, the kernel does not fit it, an
///   argument is below 1, strides and dilation come together without explicit padding, channels or filters
///   cannot be split evenly into the groups, or the algorithm does not support the convolution.
/// - Source: Keras `Conv2D`; `algorithm` is an addition.
public final class Conv2D: ConvolutionLayer {
    public static let rank = 2
    public let arguments: ConvolutionArguments
    public let kernel = Parameter()
    public let bias = Parameter()

    public init(_ arguments: ConvolutionArguments) { self.arguments = arguments }

    /// - Parameters:
    ///   - filters: the channels of the output, at least 1.
    ///   - kernelSize: the rows and columns of a filter: one number for both, or `[height, width]`.
    ///   - strides: the steps from one window to the next.
    ///   - padding: zeros around the input: `.valid` (none), `.same` (as many as give ⌈size / stride⌉ rows
    ///     and columns), `.explicit(n)` (n rows and columns on every side) or `.explicit([[top, bottom],
    ///     [left, right]])`.
    ///   - dilationRate: the distance between neighbouring taps of a filter; 1 leaves no gaps.
    ///   - groups: the equal parts into which channels and filters are split; each part of the filters reads
    ///     its part of the channels.
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
    ///   - algorithm: how the sums are computed, in both passes; by default the fastest way.
    ///   - name: the layer's name in messages, summaries and files; by default its type with a number.
    public convenience init(
        _ filters: Int, kernelSize: some WindowSizeConvertible, strides: some WindowSizeConvertible = 1,
        padding: Padding = .valid, dilationRate: some WindowSizeConvertible = 1, groups: Int = 1,
        activation: ActivationFunction = .linear, useBias: Bool = true,
        kernelInitializer: Initializer = .glorotUniform, biasInitializer: Initializer = .zeros,
        kernelRegularizer: Regularizer? = nil, biasRegularizer: Regularizer? = nil,
        activityRegularizer: Regularizer? = nil, kernelConstraint: Constraint? = nil,
        biasConstraint: Constraint? = nil,
        algorithm: Algorithm = .automatic, name: String? = nil
    ) {
        self.init(
            ConvolutionArguments(
                filters: filters, kernelSize: kernelSize.windowSize(rank: Self.rank),
                strides: strides.windowSize(rank: Self.rank), padding: padding,
                dilationRate: dilationRate.windowSize(rank: Self.rank), groups: groups,
                activation: activation, useBias: useBias, kernelInitializer: kernelInitializer,
                biasInitializer: biasInitializer, kernelRegularizer: kernelRegularizer,
                biasRegularizer: biasRegularizer, activityRegularizer: activityRegularizer,
                kernelConstraint: kernelConstraint,
                biasConstraint: biasConstraint, algorithm: algorithm, name: name))
    }
}
