/// Max pooling of images that also gives where each maximum was, for `MaxUnpooling2D`.
///
///     let pooled = MaxPooling2DWithIndices().outputs(of: x)
///     let y = MaxUnpooling2D()(pooled[0], pooled[1])
///
/// - Input shape: `(N, H, W, C)`; output shapes: `(N, OH, OW, C)` twice, the maxima as `MaxPooling2D` gives
///   them and their pixels, row · W + column, as whole numbers without a gradient.
/// - Throws: from `build`, a `CognitronError` where the input is not an image or the pool does not fit it.
/// - Source: PyTorch `MaxPool2d(return_indices=True)`; Badrinarayanan et al., "SegNet" (2017).
public final class MaxPooling2DWithIndices: AnyLayer, Codable {
    public let arguments: PoolingArguments
    public var name: String? { arguments.name }
    public var outputCount: Int { 2 }
    private var window: Window {
        .pool(rank: 2, arguments.poolSize, strides: arguments.strides, padding: arguments.padding)
    }

    /// - Parameters:
    ///   - poolSize: the rows and columns of a window: one number for both, or `[height, width]`.
    ///   - strides: the steps from one window to the next; `poolSize` by default.
    ///   - padding: rows and columns around the input, as for `MaxPooling2D`.
    ///   - name: the layer's name in messages, summaries and files; by default its type with a number.
    public init(
        poolSize: some WindowSizeConvertible = 2, strides: (any WindowSizeConvertible)? = nil,
        padding: Padding = .valid, name: String? = nil
    ) {
        arguments = PoolingArguments(
            rank: 2, poolSize: poolSize, strides: strides, padding: padding, name: name)
    }

    public init(from decoder: any Decoder) throws { arguments = try PoolingArguments(from: decoder) }
    public func encode(to encoder: any Encoder) throws { try arguments.encode(to: encoder) }

    /// None: the outputs have other rows than the input.
    public func outputMasks(_ inputs: [Tensor], _ masks: [Tensor?]) -> [Tensor?] { [] }

    public func build(inputs: [Shape], _ context: inout BuildContext) throws -> [Shape] {
        guard inputs.count == 1 else {
            throw context.error(.shape, "takes one input", got: "\(inputs.count)")
        }
        let output = try window.buildPooling(inputs[0], context)
        return [output, output]
    }

    public func receptiveField(
        _ field: ReceptiveField, inputs: [Shape], outputs: [Shape]
    ) -> ReceptiveField? { field.through(kernelSize: arguments.poolSize, strides: arguments.strides) }

    public func forward(
        inputs: consuming [Tensor], _ pass: Pass
    ) -> (outputs: [Tensor], pullback: MultiPullback) {
        let x = inputs.removeLast()
        let (geometry, shape) = (window.pooling(x.shape), x.shape)
        let (output, places) = x.maxPooled(geometry, keepingPlaces: true)
        return (
            [output, Tensor.maximumIndices(geometry, places)],
            { [$0[0].maxPoolingGradient(geometry, places, shape)] }
        )
    }
}
