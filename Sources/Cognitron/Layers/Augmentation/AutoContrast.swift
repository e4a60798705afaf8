/// Stretches each channel of each image from black to white.
///
///     output = (input − min) / (max − min) · (white − black) + black
///
/// In training and, as in Keras, in inference. Channels of one value stay.
///
/// - Input shape: `(N, H, W, C)`; output shape: the same.
/// - Throws: from `build`, a `CognitronError` where an argument is out of range.
/// - Source: Keras `AutoContrast`.
public final class AutoContrast: Layer, Codable {
    public let valueRange: ClosedRange<Float>
    public let name: String?

    /// - Parameters:
    ///   - valueRange: the values from black to white. Keras's default; images of this package's sources have
    ///     `0...1`.
    ///   - name: the layer's name in messages, summaries and files; by default its type with a number.
    public init(valueRange: ClosedRange<Float> = 0...255, name: String? = nil) {
        self.valueRange = valueRange
        self.name = name
    }

    public func build(_ input: Shape, _ context: inout BuildContext) throws -> Shape {
        _ = try context.imageSize(input)
        try context.require(valueRange: valueRange)
        return input
    }

    public func forward(_ input: consuming Tensor, _ pass: Pass) -> (output: Tensor, pullback: Pullback) {
        drawing.applied(to: input, pass, RandomKey(seed: 0), always: true)
    }

    private var drawing: ImageDrawing {
        .stretch(valueRange)
    }
}
