import CognitronKernels

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
public final class Conv2D: ActivatedLayer, ConvolutionLayer, Codable {
    public let filters: Int
    public let kernelSize: Size2D
    public let strides: Size2D
    public let padding: Padding
    public let dilationRate: Size2D
    public var groups: Int { savedGroups ?? 1 }
    public let activation: ActivationFunction
    public let useBias: Bool
    public let kernelInitializer: Initializer
    public let biasInitializer: Initializer
    public let kernelRegularizer: Regularizer?
    public let biasRegularizer: Regularizer?
    public let activityRegularizer: Regularizer?
    public let kernelConstraint: Constraint?
    public let biasConstraint: Constraint?
    public var algorithm: Algorithm { savedAlgorithm ?? .automatic }
    public let name: String?
    /// In files: nil, and so left out, for the defaults.
    private let savedGroups: Int?
    private let savedAlgorithm: Algorithm?

    var window: Window {
        .kernel(rank: 2, kernelSize, strides: strides, dilationRate: dilationRate, padding: padding)
    }

    public let kernel = Parameter()
    public let bias = Parameter()
    public var parameters: [Parameter] { useBias ? [kernel, bias] : [kernel] }

    private enum CodingKeys: String, CodingKey {
        case filters, kernelSize, strides, padding, dilationRate, activation, useBias, kernelInitializer
        case biasInitializer, kernelRegularizer, biasRegularizer, activityRegularizer, kernelConstraint
        case biasConstraint, name
        case savedGroups = "groups"
        case savedAlgorithm = "algorithm"
    }

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
    ///   - activityRegularizer: a penalty on the outputs that is added to the loss, as a mean over the samples.
    ///   - kernelConstraint: applied to the kernel after every step; none by default. `biasConstraint`
    ///     likewise.
    ///   - algorithm: how the sums are computed, in both passes; by default the fastest way.
    ///   - name: the layer's name in messages, summaries and files; by default its type with a number.
    public init(
        _ filters: Int, kernelSize: some Size2DConvertible, strides: some Size2DConvertible = 1,
        padding: Padding = .valid, dilationRate: some Size2DConvertible = 1, groups: Int = 1,
        activation: ActivationFunction = .linear, useBias: Bool = true,
        kernelInitializer: Initializer = .glorotUniform, biasInitializer: Initializer = .zeros,
        kernelRegularizer: Regularizer? = nil, biasRegularizer: Regularizer? = nil,
        activityRegularizer: Regularizer? = nil, kernelConstraint: Constraint? = nil,
        biasConstraint: Constraint? = nil,
        algorithm: Algorithm = .automatic, name: String? = nil
    ) {
        self.filters = filters
        self.kernelSize = kernelSize.windowSize(rank: 2)
        self.strides = strides.windowSize(rank: 2)
        self.padding = padding
        self.dilationRate = dilationRate.windowSize(rank: 2)
        savedGroups = groups == 1 ? nil : groups
        self.activation = activation
        self.useBias = useBias
        self.kernelInitializer = kernelInitializer
        self.biasInitializer = biasInitializer
        self.kernelRegularizer = kernelRegularizer
        self.biasRegularizer = biasRegularizer
        self.activityRegularizer = activityRegularizer
        self.kernelConstraint = kernelConstraint
        self.biasConstraint = biasConstraint
        savedAlgorithm = algorithm == .automatic ? nil : algorithm
        self.name = name
    }

    public func build(_ input: Shape, _ context: inout BuildContext) throws -> Shape {
        let channels = try context.requireChannels(input, rank: 2)
        try context.require("filters", filters)
        try window.check(input, context)
        try context.require(activation)
        try context.require(activityRegularizer: activityRegularizer)
        try context.require("groups", groups)
        try context.requireShares(of: groups, channels: channels, filters: filters)
        try context.declare(
            kernel, "kernel", Shape(kernelSize.axes + [channels / groups, filters]), kernelInitializer,
            regularizer: kernelRegularizer, constraint: kernelConstraint)
        if useBias {
            try context.declare(
                bias, "bias", [filters], biasInitializer, regularizer: biasRegularizer,
                constraint: biasConstraint)
        }
        let geometry = geometry(input.batched(1))
        try context.requireSupport(of: algorithm, geometry)
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

    var channels: Int { kernel.shape[2] * groups }

    /// - Parameter input: (N, H, W, C)
    package func geometry(_ input: Shape) -> ConvolutionGeometry {
        window.convolution(input, filters: filters, groups: groups)
    }
}

extension BuildContext {
    /// Throws unless channels and filters can be split into that many equal parts.
    fileprivate func requireShares(of groups: Int, channels: Int, filters: Int) throws {
        guard channels % groups == 0 else {
            throw error(
                .shape, "its input's channels cannot be shared among \(groups) groups",
                expected: "a multiple of \(groups)", got: "\(channels)",
                advice: "change groups, or the filters of the layer before")
        }
        guard filters % groups == 0 else {
            throw error(
                .argument, "invalid filters for \(groups) groups", expected: "a multiple of \(groups)",
                got: "\(filters)")
        }
    }
}
