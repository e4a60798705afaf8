/// A convolution of each channel of sequences separately, with `depthMultiplier` filters per channel.
///
///     output[n, i, c·m + k] = activation(bias[c·m + k] + Σ input[n, i·s + a·d − p, c] · kernel[a, c, k])
///
/// with strides s, dilation d, padding p and m = depthMultiplier, summed over the kernel's taps a. It does
/// not mix channels: a `Conv1D` with `kernelSize: 1` after it makes a separable convolution.
///
/// - Input shape: `(N, L, C)`; output shape: `(N, OL, C · depthMultiplier)`.
/// - Parameters: `kernel (K, C, depthMultiplier)`, `bias (C · depthMultiplier)` unless `useBias` is false.
/// - Throws: from `build`, a `CognitronError` where the input is no sequence, the kernel does not fit it, an
///   argument is below 1, or strides and dilation come together without explicit padding.
/// - Source: Keras `DepthwiseConv1D`.
public final class DepthwiseConv1D: DepthwiseLayer {
    public static let rank = 1
    public let arguments: DepthwiseArguments
    public let kernel = Parameter()
    public let bias = Parameter()

    public init(_ arguments: DepthwiseArguments) { self.arguments = arguments }

    /// - Parameters:
    ///   - kernelSize: the steps of a filter.
    ///   - strides: the steps from one window to the next.
    ///   - padding: zeros around the input: `.valid` (none), `.same` (as many as give ⌈steps / strides⌉),
    ///     `.causal` (before it, so that no output depends on a later step), `.explicit(n)` (n on both sides)
    ///     or `.explicit([before, after])`.
    ///   - depthMultiplier: the filters of each channel, at least 1.
    ///   - dilationRate: the distance between neighbouring taps of a filter; 1 leaves no gaps.
    ///   - activation: the function applied to the sums; linear by default.
    ///   - useBias: whether to add a bias to each filter's output.
    ///   - depthwiseInitializer: the distribution of the initial kernel.
    ///   - biasInitializer: the initial bias.
    ///   - depthwiseRegularizer: a penalty on the kernel that is added to the loss; none by default.
    ///     `biasRegularizer` likewise.
    ///   - activityRegularizer: a penalty on the outputs that is added to the loss, as a mean over the
    ///     samples.
    ///   - depthwiseConstraint: applied to the kernel after every step; none by default. `biasConstraint`
    ///     likewise.
    ///   - name: the layer's name in messages, summaries and files; by default its type with a number.
    public convenience init(
        kernelSize: some WindowSizeConvertible, strides: some WindowSizeConvertible = 1,
        padding: Padding = .valid, depthMultiplier: Int = 1, dilationRate: some WindowSizeConvertible = 1,
        activation: ActivationFunction = .linear, useBias: Bool = true,
        depthwiseInitializer: Initializer = .glorotUniform, biasInitializer: Initializer = .zeros,
        depthwiseRegularizer: Regularizer? = nil, biasRegularizer: Regularizer? = nil,
        activityRegularizer: Regularizer? = nil, depthwiseConstraint: Constraint? = nil,
        biasConstraint: Constraint? = nil, name: String? = nil
    ) {
        self.init(
            DepthwiseArguments(
                kernelSize: kernelSize.windowSize(rank: Self.rank),
                strides: strides.windowSize(rank: Self.rank), padding: padding,
                depthMultiplier: depthMultiplier, dilationRate: dilationRate.windowSize(rank: Self.rank),
                activation: activation, useBias: useBias, depthwiseInitializer: depthwiseInitializer,
                biasInitializer: biasInitializer, depthwiseRegularizer: depthwiseRegularizer,
                biasRegularizer: biasRegularizer, activityRegularizer: activityRegularizer,
                depthwiseConstraint: depthwiseConstraint,
                biasConstraint: biasConstraint, name: name))
    }
}
