import CognitronKernels

/// A two-dimensional convolution (cross-correlation, as everywhere in deep learning).
///
///     output[n, i, j, o] = activation(bias[o] + Σ input[n, i·s + a·d − p, j·s + b·d − p, c] · kernel[a, b, c, o])
///
/// with strides s, dilation d and padding p, summed over the kernel's rows a, columns b and channels c.
///
/// - Input shape: `(N, H, W, C)`; output shape: `(N, OH, OW, filters)`.
/// - Parameters: `kernel (KH, KW, C, filters)`, `bias (filters)` unless `useBias` is false.
/// - Throws: from `build`, a `CognitronError` where the input is not an image, the kernel does not fit it, or an
///   argument is below 1.
/// - Source: Keras `Conv2D`.
public final class Conv2D: ActivatedLayer, Codable {
    public let filters: Int
    public let kernelSize: Size2D
    public let strides: Size2D
    public let padding: Padding
    public let dilationRate: Size2D
    public let activation: ActivationFunction
    public let useBias: Bool
    public let kernelInitializer: Initializer
    public let biasInitializer: Initializer
    public let name: String?

    public let kernel = Parameter()
    public let bias = Parameter()
    public var parameters: [Parameter] { useBias ? [kernel, bias] : [kernel] }

    private enum CodingKeys: CodingKey {
        case filters, kernelSize, strides, padding, dilationRate, activation, useBias, kernelInitializer
        case biasInitializer, name
    }

    /// - Parameters:
    ///   - filters: the channels of the output, at least 1.
    ///   - kernelSize: the rows and columns that a filter sees: one number for both, or `[height, width]`.
    ///   - strides: the steps from one window to the next.
    ///   - padding: what is beyond the edges: `.valid` (no window reaches there), `.same` (the output has ⌈size / stride⌉
    ///     rows and columns) or `.explicit(n)` (n rows and columns of zeros on every side).
    ///   - dilationRate: the distance between neighbours under the kernel; 1 leaves no gaps.
    ///   - activation: what the outputs go through; nothing by default.
    ///   - useBias: whether a number of its own is added to each filter's output.
    ///   - kernelInitializer: how the first kernel is drawn.
    ///   - biasInitializer: what the first bias is.
    ///   - name: what messages, summaries and files call the layer; by default they number its type.
    public init(
        _ filters: Int, kernelSize: some Size2DConvertible, strides: some Size2DConvertible = 1,
        padding: Padding = .valid, dilationRate: some Size2DConvertible = 1,
        activation: ActivationFunction = .linear, useBias: Bool = true,
        kernelInitializer: Initializer = .glorotUniform, biasInitializer: Initializer = .zeros,
        name: String? = nil
    ) {
        self.filters = filters
        self.kernelSize = kernelSize.size2D
        self.strides = strides.size2D
        self.padding = padding
        self.dilationRate = dilationRate.size2D
        self.activation = activation
        self.useBias = useBias
        self.kernelInitializer = kernelInitializer
        self.biasInitializer = biasInitializer
        self.name = name
    }

    public func build(_ input: Shape, _ context: inout BuildContext) throws -> Shape {
        let image = try context.imageSize(input)
        try context.require("filters", filters)
        try context.require("kernelSize", kernelSize)
        try context.require("strides", strides)
        try context.require("dilationRate", dilationRate)
        try context.requireFit("kernel", kernelSize, dilation: dilationRate, padding, image)
        try context.declare(
            kernel, "kernel", [kernelSize.height, kernelSize.width, image.channels, filters],
            kernelInitializer)
        if useBias { try context.declare(bias, "bias", [filters], biasInitializer) }
        let geometry = geometry(input.batched(1))
        return [geometry.outputHeight, geometry.outputWidth, filters]
    }

    public func forward(_ input: consuming Tensor, _ phase: Phase) -> (output: Tensor, pullback: Pullback) {
        guard activation == .relu else { return forwardWithActivation(input, phase) }
        let (output, pullback) = convolve(input, phase, isRectified: true)
        return (output, { pullback(ActivationFunction.reluGradient($0, output: output)) })
    }

    /// The layer's output, or that before its activation function, for prediction with weights that stay as they are.
    ///
    /// - Parameter kept: where what the algorithm makes of the weights is kept.
    func predict(_ input: consuming Tensor, isLinear: Bool, keeping kept: KeptFilters) -> Tensor {
        let isRectified = activation == .relu && !isLinear
        let output = convolve(input, .prediction, isRectified: isRectified, keeping: kept).output
        return isLinear || isRectified || activation == .linear
            ? output : activation.forward(output).output
    }

    public func forwardLinear(_ input: consuming Tensor, _ phase: Phase) -> (
        output: Tensor, pullback: Pullback
    ) {
        convolve(input, phase, isRectified: false)
    }

    /// The convolution and, in the same pass over memory, a ReLU; the pullback is that of the convolution alone.
    private func convolve(
        _ input: consuming Tensor, _ phase: Phase, isRectified: Bool, keeping kept: KeptFilters? = nil
    ) -> (output: Tensor, pullback: Pullback) {
        let x = input
        let (w, b) = (kernel.value, useBias ? bias.value : nil)
        precondition(
            x.shape.count == 4 && x.shape[3] == w.shape[2],
            "\(typeName): an input of shape \(x.shape) for a kernel of shape \(w.shape); expected (N, H, W, \(w.shape[2]))"
        )
        let geometry = geometry(x.shape)
        let convolution = Convolution(geometry)
        var output = Tensor(
            uninitialized: [geometry.batch, geometry.outputHeight, geometry.outputWidth, filters])
        convolution.forward(
            x.pointer, w.pointer, kept?.transformed(w, by: convolution), bias: b?.pointer,
            isRectified: isRectified, into: output.mutablePointer)
        withExtendedLifetime((w, b)) {}
        return (
            output,
            { [self] outputGradient in
                let dy = outputGradient
                defer { withExtendedLifetime((x, dy)) {} }
                kernel.accumulate { convolution.weightGradient(x.pointer, dy.pointer, into: $0, beta: $1) }
                if useBias {
                    bias.accumulate {
                        Reduction.sumRows(
                            dy.pointer, rows: geometry.positions, columns: geometry.filters, into: $0,
                            beta: $1)
                    }
                }
                guard phase.needsInputGradient else { return dy }
                var inputGradient = Tensor(uninitialized: x.shape)
                convolution.dataGradient(dy.pointer, w.pointer, into: inputGradient.mutablePointer)
                withExtendedLifetime(w) {}
                return inputGradient
            }
        )
    }

    public func multiplyAdds(inputs: [Shape], outputs: [Shape]) -> Int {
        geometry(inputs[0].batched(1)).multiplyAdds
    }

    /// - Parameter input: (N, H, W, C)
    package func geometry(_ input: Shape) -> ConvolutionGeometry {
        let vertical = padding.amounts(input[1], kernelSize.height, strides.height, dilationRate.height)
        let horizontal = padding.amounts(input[2], kernelSize.width, strides.width, dilationRate.width)
        return ConvolutionGeometry(
            batch: input[0], input: (input[1], input[2], input[3]),
            kernel: (kernelSize.height, kernelSize.width),
            filters: filters, strides: (strides.height, strides.width),
            dilation: (dilationRate.height, dilationRate.width),
            padding: (vertical.before, horizontal.before, vertical.after, horizontal.after))
    }
}
