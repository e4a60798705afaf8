/// Puts values back to the pixels from which max pooling took them; the others are 0.
///
///     output[n, p, c] = Σ x[n, i, j, c] over the (i, j) with indices[n, i, j, c] = p
///
/// where p counts the output's pixels, row · W + column.
///
/// - Input shapes: `(N, H, W, C)` twice, values and indices as of `MaxPooling2DWithIndices`; output shape:
///   `(N, OH, OW, C)`, by default with OH = (H − 1) · stride + pool − before − after, as PyTorch's. Give
///   `outputSize` where the pooled images had other sizes, since several sizes pool to one.
/// - Throws: from `build`, a `CognitronError` where the inputs are not two images of one shape, an argument
///   is out of range or the output has no pixels.
/// - Source: PyTorch `MaxUnpool2d`, where one of several values with the same index wins; SegNet (2017).
public final class MaxUnpooling2D: MergingLayer, Codable {
    public let poolSize: WindowSize
    public let strides: WindowSize
    public let padding: Padding
    public let outputSize: WindowSize?
    public let name: String?

    /// - Parameters:
    ///   - poolSize: the windows of the pooling: one number, or `[height, width]`.
    ///   - strides: those of the pooling; `poolSize` by default.
    ///   - padding: that of the pooling.
    ///   - outputSize: the height and width of the images that were pooled.
    ///   - name: the layer's name in messages, summaries and files; by default its type with a number.
    public init(
        poolSize: some WindowSizeConvertible = 2, strides: (any WindowSizeConvertible)? = nil,
        padding: Padding = .valid, outputSize: (any WindowSizeConvertible)? = nil, name: String? = nil
    ) {
        self.poolSize = poolSize.windowSize(rank: 2)
        self.strides = strides?.windowSize(rank: 2) ?? self.poolSize
        self.padding = padding
        self.outputSize = outputSize?.windowSize(rank: 2)
        self.name = name
    }

    /// None: the output has other rows than the inputs.
    public func outputMasks(_ inputs: [Tensor], _ masks: [Tensor?]) -> [Tensor?] { [] }

    public func build(_ inputs: [Shape], _ context: inout BuildContext) throws -> Shape {
        guard inputs.count == 2, inputs[0] == inputs[1] else {
            throw context.error(
                .shape, "needs values and their indices", expected: "two inputs of one shape",
                got: inputs.map(\.description).joined(separator: " and "))
        }
        let channels = try context.requireChannels(inputs[0], rank: 2)
        try window.checkArguments(context)
        if let margins = padding.explicitMargins { try context.require("padding", margins, rank: 2) }
        if let outputSize { try context.require("outputSize", outputSize, rank: 2) }
        let sizes = outputSizes(inputs[0].batched(1))
        guard sizes.allSatisfy({ $0 > 0 }) else {
            throw context.error(.shape, "its output has no pixels", got: "\(WindowSize(axes: sizes))")
        }
        return Shape(sizes + [channels])
    }

    public func forward(
        _ inputs: consuming [Tensor], _ pass: Pass
    ) -> (output: Tensor, pullback: MergingPullback) {
        let (x, indices) = (inputs[0], inputs[1])
        let shape = Shape([x.shape[0]] + outputSizes(x.shape) + [x.shape[3]])
        return (
            x.unpooled(at: indices, shape),
            { [$0.unpoolingGradient(at: indices), .zeros(indices.shape)] }
        )
    }

    private var window: Window { .pool(rank: 2, poolSize, strides: strides, padding: padding) }

    /// - Parameter input: of a batch.
    private func outputSizes(_ input: Shape) -> [Int] {
        outputSize?.axes ?? window.transposedSizes([input[1], input[2]])
    }
}
