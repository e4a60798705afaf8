import CognitronKernels

/// A convolution of images whose filters each read some of the channels only, as a table says.
///
///     output[n, i, j, k] = activation(Σ input[n, i + a, j + b, connections[k][l]] · kernel[a, b, (k, l)]
///                                     + bias[k])
///
/// summed over a, b and the channels l of filter k. There are weights for the connections alone: the kernel
/// has the shape `(KH, KW, connections)`, the connections of filter 0 first.
///
///     ConvolutionMap2D([[0, 1, 2], [1, 2, 3], [0, 3]], kernelSize: 5)      // 3 filters, 8 · 25 weights
///
/// - Input shape: `(N, H, W, C)`; output shape: `(N, H − KH + 1, W − KW + 1, filters)`.
/// - Throws: from `build`, a `CognitronError` where a connection names no channel or names one twice, a
///   filter has none, or the kernel does not fit its input.
/// - Source: LeCun, Bottou, Bengio and Haffner, "Gradient-Based Learning Applied to Document Recognition"
///   (1998), table I; Torch7 `SpatialConvolutionMap`. Keras has none.
public final class ConvolutionMap2D: ActivatedLayer, Codable {
    /// The channels that each filter reads.
    public let connections: [[Int]]
    public let kernelSize: WindowSize
    public let activation: ActivationFunction
    public let kernelInitializer: Initializer
    public let name: String?

    private let kernel = Parameter()
    private let bias = Parameter()
    public var parameters: [Parameter] { [kernel, bias] }

    private enum CodingKeys: String, CodingKey {
        case connections, kernelSize, activation, kernelInitializer, name
    }

    /// - Parameters:
    ///   - connections: for each filter, the channels that it reads.
    ///   - kernelSize: the rows and columns of a filter: one number for both, or `[height, width]`.
    ///   - activation: the function applied to the sums; linear by default.
    ///   - kernelInitializer: the distribution of the initial kernel.
    ///   - name: the layer's name in messages, summaries and files; by default its type with a number.
    public init(
        _ connections: [[Int]], kernelSize: some WindowSizeConvertible,
        activation: ActivationFunction = .linear, kernelInitializer: Initializer = .glorotUniform,
        name: String? = nil
    ) {
        self.connections = connections
        self.kernelSize = kernelSize.windowSize(rank: 2)
        self.activation = activation
        self.kernelInitializer = kernelInitializer
        self.name = name
    }

    private var window: Window {
        .kernel(
            rank: 2, kernelSize, strides: WindowSize(axes: [1, 1]), dilationRate: WindowSize(axes: [1, 1]),
            padding: .valid)
    }

    /// None: the output has other rows than the input.
    public func outputMasks(_ inputs: [Tensor], _ masks: [Tensor?]) -> [Tensor?] { [] }

    public func build(_ input: Shape, _ context: inout BuildContext) throws -> Shape {
        let channels = try context.requireChannels(input, rank: 2)
        try context.require(activation)
        for (filter, own) in connections.enumerated() {
            guard !own.isEmpty, Set(own).count == own.count, own.allSatisfy((0..<channels).contains) else {
                throw context.error(
                    .argument, "invalid connections of filter \(filter)",
                    expected: "different channels from 0 to \(channels - 1)", got: "\(own)")
            }
        }
        try context.require("connections", connections.count)
        try window.check(input, context)
        let count = connections.reduce(0) { $0 + $1.count }
        try context.declare(kernel, "kernel", Shape(kernelSize.axes + [count]), kernelInitializer)
        try context.declare(bias, "bias", [connections.count], .zeros)
        return window.outputShape(input.batched(1), channels: connections.count).sample
    }

    public func forwardLinear(
        _ input: consuming Tensor, _ pass: Pass
    ) -> (output: Tensor, pullback: Pullback) {
        let x = input
        let convolution = Convolution(window.convolution(x.shape, filters: connections.count))
        let channels = x.shape[3]
        let places = self.places
        // (KH, KW, C, filters) with zeros where there is no connection.
        let dense = Tensor.zeros(Shape(kernelSize.axes + [channels * connections.count]))
            .scatteringAdd(kernel.value, at: places, axis: 2)
        let output = x.convolved(convolution, dense, bias: bias.value)
        return (
            output,
            { [kernel, bias] dy in
                bias.accumulate { dy.addSumOfRows(into: &$0, beta: $1) }
                var gradient = Tensor.zeros(dense.shape)
                x.addConvolutionKernelGradient(convolution, dy, into: &gradient, beta: 0)
                kernel.accumulate(gradient.gathering(places, axis: 2))
                return dy.convolutionInputGradient(convolution, dense, x.shape)
            }
        )
    }

    public func multiplyAdds(inputs: [Shape], outputs: [Shape]) -> Int {
        outputs[0][0] * outputs[0][1] * kernelSize.axes.reduce(1, *) * connections.reduce(0) { $0 + $1.count }
    }

    /// Where each connection stands among the channels × filters of a whole kernel.
    private var places: [Int] {
        connections.enumerated().flatMap { filter, channels in
            channels.map { $0 * connections.count + filter }
        }
    }
}
