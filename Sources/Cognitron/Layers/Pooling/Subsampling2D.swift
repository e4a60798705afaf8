/// The sum of each window, scaled and shifted for each channel by trained numbers.
///
///     output[n, i, j, c] = activation(coefficient[c] · Σ input[n, i·s + a, j·s + b, c] + bias[c])
///
/// summed over the s × s pixels of a window. The pooling of early convolutional networks.
///
/// - Input shape: `(N, H, W, C)`; output shape: `(N, ⌊H / s⌋, ⌊W / s⌋, C)`.
/// - Throws: from `build`, a `CognitronError` where the input is not an image or the window does not fit.
/// - Source: LeCun, Bottou, Bengio and Haffner, "Gradient-Based Learning Applied to Document Recognition"
///   (1998); Torch7 `SpatialSubSampling`. Keras has none.
public final class Subsampling2D: ActivatedLayer, Codable {
    public let poolSize: WindowSize
    public let activation: ActivationFunction
    public let name: String?

    private let coefficient = Parameter()
    private let bias = Parameter()
    public var parameters: [Parameter] { [coefficient, bias] }
    private var window: Window { .pool(rank: 2, poolSize, strides: poolSize, padding: .valid) }

    private enum CodingKeys: String, CodingKey { case poolSize, activation, name }

    /// - Parameters:
    ///   - poolSize: the rows and columns of a window: one number for both, or `[height, width]`.
    ///   - activation: the function applied to the sums; linear by default.
    ///   - name: the layer's name in messages, summaries and files; by default its type with a number.
    public init(
        poolSize: some WindowSizeConvertible = 2, activation: ActivationFunction = .linear,
        name: String? = nil
    ) {
        self.poolSize = poolSize.windowSize(rank: 2)
        self.activation = activation
        self.name = name
    }

    /// None: the output has other rows than the input.
    public func outputMasks(_ inputs: [Tensor], _ masks: [Tensor?]) -> [Tensor?] { [] }

    public func build(_ input: Shape, _ context: inout BuildContext) throws -> Shape {
        try context.require(activation)
        let output = try window.buildPooling(input, context)
        // Begins as the mean of the window.
        try context.declare(coefficient, "coefficient", [input[2]], .constant(1 / Float(windowCount)))
        try context.declare(bias, "bias", [input[2]], .zeros)
        return output
    }

    public func forwardLinear(
        _ input: consuming Tensor, _ pass: Pass
    ) -> (output: Tensor, pullback: Pullback) {
        let shape = input.shape
        let geometry = window.windowPooling(shape)
        let count = Float(windowCount)
        let mean = input.averagePooled(geometry)
        let scale = coefficient.value * count
        return (
            mean * scale + bias.value,
            { [coefficient, bias] dy in
                bias.accumulate { dy.addSumOfRows(into: &$0, beta: $1) }
                coefficient.accumulate((dy * mean).sum(axes: [0, 1, 2]) * count)
                return (dy * scale).averagePoolingGradient(geometry, shape)
            }
        )
    }

    private var windowCount: Int { poolSize.axes.reduce(1, *) }
}
