/// Spreads the values of each channel of each image evenly over the range.
///
/// Each image has a histogram of its own; Keras's is that of the batch.
///
/// The gradient of the input is zero: a table has none.
///
/// In inference the input passes unchanged.
///
/// - Input shape: `(N, H, W, C)`; output shape: the same.
/// - Throws: from `build`, a `CognitronError` where an argument is out of range.
/// - Source: Keras `Equalization`.
public final class Equalization: Layer, Codable {
    public let valueRange: ClosedRange<Float>
    public let bins: Int
    public let name: String?

    /// - Parameters:
    ///   - valueRange: the values from black to white. Keras's default; images of this package's sources have
    ///     `0...1`.
    ///   - bins: the number of steps.
    ///   - name: the layer's name in messages, summaries and files; by default its type with a number.
    public init(valueRange: ClosedRange<Float> = 0...255, bins: Int = 256, name: String? = nil) {
        self.valueRange = valueRange
        self.bins = bins
        self.name = name
    }

    public func build(_ input: Shape, _ context: inout BuildContext) throws -> Shape {
        _ = try context.imageSize(input)
        try context.require("bins", bins, atLeast: 2)
        try context.require(valueRange: valueRange)
        return input
    }

    public func forward(_ input: consuming Tensor, _ pass: Pass) -> (output: Tensor, pullback: Pullback) {
        drawing.applied(to: input, pass, RandomKey(seed: 0))
    }

    private var drawing: ImageDrawing {
        .equalize(bins: bins, valueRange)
    }
}
