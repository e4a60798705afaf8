import CognitronKernels

/// A two-dimensional convolution of each channel separately, with `depthMultiplier` filters per channel.
///
///     output[n, i, j, c·m + k] = activation(
///         bias[c·m + k] + Σ input[n, i·s + a·d − p, j·s + b·d − p, c] · kernel[a, b, c, k])
///
/// with strides s, dilation d, padding p and m = depthMultiplier, summed over the kernel's rows a and columns
/// b. It does not mix channels: a `Conv2D` with `kernelSize: 1` after it makes a separable convolution.
///
/// - Input shape: `(N, H, W, C)`; output shape: `(N, OH, OW, C · depthMultiplier)`.
/// - Parameters: `kernel (KH, KW, C, depthMultiplier)`, `bias (C · depthMultiplier)` unless `useBias` is
///   false.
/// - Throws: from `build`, a `CognitronError` where the input is not an image, the kernel does not fit it, an
///   argument is below 1, or strides and dilation come together without explicit padding.
/// - Source: Keras `DepthwiseConv2D`; Howard et al., "MobileNets" (2017).
public final class DepthwiseConv2D: ActivatedLayer, ConvolutionLayer, Codable {
    public let kernelSize: Size2D
    public let strides: Size2D
    public let padding: Padding
    public let depthMultiplier: Int
    public let dilationRate: Size2D
    public let activation: ActivationFunction
    public let useBias: Bool
    public let depthwiseInitializer: Initializer
    public let biasInitializer: Initializer
    public let depthwiseRegularizer: Regularizer?
    public let biasRegularizer: Regularizer?
    public let depthwiseConstraint: Constraint?
    public let biasConstraint: Constraint?
    public let name: String?

    var window: Window {
        .kernel(rank: 2, kernelSize, strides: strides, dilationRate: dilationRate, padding: padding)
    }

    public let kernel = Parameter()
    public let bias = Parameter()
    public var parameters: [Parameter] { useBias ? [kernel, bias] : [kernel] }

    private enum CodingKeys: CodingKey {
        case kernelSize, strides, padding, depthMultiplier, dilationRate, activation, useBias
        case depthwiseInitializer, biasInitializer, depthwiseRegularizer, biasRegularizer
        case depthwiseConstraint, biasConstraint, name
    }

    /// - Parameters:
    ///   - kernelSize: the rows and columns of a filter: one number for both, or `[height, width]`.
    ///   - strides: the steps from one window to the next.
    ///   - padding: zeros around the input: `.valid` (none), `.same` (as many as give ⌈size / stride⌉ rows
    ///     and columns), `.explicit(n)` (n rows and columns on every side) or `.explicit([[top, bottom],
    ///     [left, right]])`.
    ///   - depthMultiplier: the filters of each channel, at least 1.
    ///   - dilationRate: the distance between neighbouring taps of a filter; 1 leaves no gaps.
    ///   - activation: the function applied to the sums; linear by default.
    ///   - useBias: whether to add a bias to each filter's output.
    ///   - depthwiseInitializer: the distribution of the initial kernel.
    ///   - biasInitializer: the initial bias.
    ///   - depthwiseRegularizer: a penalty on the kernel that is added to the loss; none by default.
    ///     `biasRegularizer` likewise.
    ///   - depthwiseConstraint: applied to the kernel after every step; none by default. `biasConstraint`
    ///     likewise.
    ///   - name: the layer's name in messages, summaries and files; by default its type with a number.
    public init(
        kernelSize: some Size2DConvertible, strides: some Size2DConvertible = 1, padding: Padding = .valid,
        depthMultiplier: Int = 1, dilationRate: some Size2DConvertible = 1,
        activation: ActivationFunction = .linear, useBias: Bool = true,
        depthwiseInitializer: Initializer = .glorotUniform, biasInitializer: Initializer = .zeros,
        depthwiseRegularizer: Regularizer? = nil, biasRegularizer: Regularizer? = nil,
        depthwiseConstraint: Constraint? = nil, biasConstraint: Constraint? = nil,
        name: String? = nil
    ) {
        self.kernelSize = kernelSize.windowSize(rank: 2)
        self.strides = strides.windowSize(rank: 2)
        self.padding = padding
        self.depthMultiplier = depthMultiplier
        self.dilationRate = dilationRate.windowSize(rank: 2)
        self.activation = activation
        self.useBias = useBias
        self.depthwiseInitializer = depthwiseInitializer
        self.biasInitializer = biasInitializer
        self.depthwiseRegularizer = depthwiseRegularizer
        self.biasRegularizer = biasRegularizer
        self.depthwiseConstraint = depthwiseConstraint
        self.biasConstraint = biasConstraint
        self.name = name
    }

    public func build(_ input: Shape, _ context: inout BuildContext) throws -> Shape {
        let channels = try context.requireChannels(input, rank: 2)
        try context.require("depthMultiplier", depthMultiplier)
        try window.check(input, context)
        try context.require(activation)
        try context.declare(
            kernel, "kernel", Shape(kernelSize.axes + [channels, depthMultiplier]), depthwiseInitializer,
            regularizer: depthwiseRegularizer, constraint: depthwiseConstraint)
        let filters = channels * depthMultiplier
        if useBias {
            try context.declare(
                bias, "bias", [filters], biasInitializer, regularizer: biasRegularizer,
                constraint: biasConstraint)
        }
        let geometry = geometry(input.batched(1))
        return [geometry.outputHeight, geometry.outputWidth, filters]
    }

    public func forward(_ input: consuming Tensor, _ pass: Pass) -> (output: Tensor, pullback: Pullback) {
        convolveWithActivation(input, pass)
    }

    public func forwardLinear(
        _ input: consuming Tensor, _ pass: Pass
    ) -> (output: Tensor, pullback: Pullback) {
        convolve(input, pass)
    }

    public func multiplyAdds(inputs: [Shape], outputs: [Shape]) -> Int {
        geometry(inputs[0].batched(1)).multiplyAdds
    }

    var channels: Int { kernel.shape[2] }
    var algorithm: Conv2D.Algorithm { .automatic }

    /// A convolution with a group for each channel. In memory, its kernel (KH, KW, 1, C · depthMultiplier) is
    /// this one's.
    ///
    /// - Parameter input: (N, H, W, C)
    package func geometry(_ input: Shape) -> ConvolutionGeometry {
        window.convolution(input, filters: input[3] * depthMultiplier, groups: input[3])
    }
}
