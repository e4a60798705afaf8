/// Turns the hues of each image.
///
/// The gradient of the input is zero: Keras's has none.
///
/// In inference the input passes unchanged.
///
/// - Input shape: `(N, H, W, C)`; output shape: the same.
/// - Throws: from `build`, a `CognitronError` where an argument is out of range.
/// - Source: Keras `RandomHue`.
public final class RandomHue: Layer, Codable {
    public let factor: RandomFactor
    public let valueRange: ClosedRange<Float>
    public var seed: UInt64? { random.seed }
    public let name: String?
    private let random: SeededStream
    public var randomStreams: [RandomStream] { [random.stream] }

    private enum CodingKeys: String, CodingKey {
        case factor, valueRange, name
        case random = "seed"
    }

    /// - Parameters:
    ///   - factor: how far, 1 being half the circle of hues, from 0 to a number given or from a range; the
    ///     direction is drawn.
    ///   - valueRange: the values from black to white. Keras's default; images of this package's sources have
    ///     `0...1`.
    ///   - seed: for changes that do not depend on the model's seed.
    ///   - name: the layer's name in messages, summaries and files; by default its type with a number.
    public init(
        _ factor: RandomFactor, valueRange: ClosedRange<Float> = 0...255, seed: UInt64? = nil,
        name: String? = nil
    ) {
        self.factor = factor
        self.valueRange = valueRange
        random = SeededStream(seed)
        self.name = name
    }

    public func build(_ input: Shape, _ context: inout BuildContext) throws -> Shape {
        _ = try context.imageSize(input)
        try context.require("factor", factor, in: 0...1)
        try context.requireColors(input)
        try context.require(valueRange: valueRange)
        return input
    }

    public func forward(_ input: consuming Tensor, _ pass: Pass) -> (output: Tensor, pullback: Pullback) {
        drawing.applied(to: input, pass, random.stream.next())
    }

    private var drawing: ImageDrawing {
        .hue(factor.fromZero, valueRange)
    }
}
