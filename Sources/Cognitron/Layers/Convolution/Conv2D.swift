import CognitronKernels

/// A two-dimensional convolution (cross-correlation, as everywhere in deep learning).
///
///     output[n, i, j, o] = activation(bias[o] + Σ input[n, i·s + a·d − p, j·s + b·d − p, c] · kernel[a, b, c, o])
///
/// with strides s, dilation d and padding p, summed over the kernel's rows a, columns b and channels c: all
/// channels, or with several `groups` those of the filter's group.
///
/// - Input shape: `(N, H, W, C)`; output shape: `(N, OH, OW, filters)`.
/// - Parameters: `kernel (KH, KW, C / groups, filters)`, `bias (filters)` unless `useBias` is false.
/// - Throws: from `build`, a `CognitronError` where the input is not an image, the kernel does not fit it, an
///   argument is below 1, strides and dilation come together without explicit padding, channels or filters
///   cannot be shared evenly among the groups, or the algorithm cannot do it.
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
    public var algorithm: Algorithm { savedAlgorithm ?? .automatic }
    public let name: String?
    /// As files have them: nothing where they are the defaults.
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
        case biasInitializer, name
        case savedGroups = "groups"
        case savedAlgorithm = "algorithm"
    }

    /// - Parameters:
    ///   - filters: the channels of the output, at least 1.
    ///   - kernelSize: the rows and columns that a filter sees: one number for both, or `[height, width]`.
    ///   - strides: the steps from one window to the next.
    ///   - padding: what is beyond the edges: `.valid` (no window reaches there), `.same` (the output has
    ///     ⌈size / stride⌉ rows and columns) or `.explicit(n)` (n rows and columns of zeros on every side; for each of them
    ///     `.explicit([[top, bottom], [left, right]])`).
    ///   - dilationRate: the distance between neighbours under the kernel; 1 leaves no gaps.
    ///   - groups: into how many equal parts channels and filters are cut, each part of the filters seeing
    ///     its part of the channels; 1 lets every filter see every channel.
    ///   - activation: what the outputs go through; nothing by default.
    ///   - useBias: whether a number of its own is added to each filter's output.
    ///   - kernelInitializer: how the first kernel is drawn.
    ///   - biasInitializer: what the first bias is.
    ///   - algorithm: how the sums are computed, forwards and backwards; by default as is fastest.
    ///   - name: what messages, summaries and files call the layer; by default they number its type.
    public init(
        _ filters: Int, kernelSize: some Size2DConvertible, strides: some Size2DConvertible = 1,
        padding: Padding = .valid, dilationRate: some Size2DConvertible = 1, groups: Int = 1,
        activation: ActivationFunction = .linear, useBias: Bool = true,
        kernelInitializer: Initializer = .glorotUniform, biasInitializer: Initializer = .zeros,
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
        savedAlgorithm = algorithm == .automatic ? nil : algorithm
        self.name = name
    }

    public func build(_ input: Shape, _ context: inout BuildContext) throws -> Shape {
        let channels = try context.requireChannels(input, rank: 2)
        try context.require("filters", filters)
        try window.check(input, context)
        try context.require(activation)
        try context.require("groups", groups)
        try context.requireShares(of: groups, channels: channels, filters: filters)
        try context.declare(
            kernel, "kernel", Shape(kernelSize.axes + [channels / groups, filters]), kernelInitializer)
        if useBias { try context.declare(bias, "bias", [filters], biasInitializer) }
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
    /// Throws unless the channels and the filters can be cut into so many equal parts.
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
