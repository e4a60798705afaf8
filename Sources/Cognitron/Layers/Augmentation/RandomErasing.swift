/// Replaces a rectangle of each image.
///
/// In inference the input passes unchanged.
///
/// - Input shape: `(N, H, W, C)`; output shape: the same.
/// - Throws: from `build`, a `CognitronError` where an argument is out of range.
/// - Source: Keras `RandomErasing`; Zhong et al., "Random Erasing Data Augmentation" (2020).
public final class RandomErasing: Layer, Codable {
    public let factor: RandomFactor
    public let scale: ClosedRange<Float>
    public let fillValue: [Float]?
    public let valueRange: ClosedRange<Float>
    public var seed: UInt64? { random.seed }
    public let name: String?
    private let random: SeededStream
    public var randomStreams: [RandomStream] { [random.stream] }

    private enum CodingKeys: String, CodingKey {
        case factor, scale, fillValue, valueRange, name
        case random = "seed"
    }

    /// - Parameters:
    ///   - factor: the probability of a change. The probability itself is drawn, from 0 to a number given, or
    ///     from a range.
    ///   - scale: the square of the share of each side, from 0 to 1.
    ///   - fillValue: what the rectangle shows: one value, or one for each channel; noise by default.
    ///   - valueRange: the values from black to white. Keras's default; images of this package's sources have
    ///     `0...1`.
    ///   - seed: for changes that do not depend on the model's seed.
    ///   - name: the layer's name in messages, summaries and files; by default its type with a number.
    public init(
        factor: RandomFactor = 1, scale: ClosedRange<Float> = 0.02...0.33, fillValue: [Float]? = nil,
        valueRange: ClosedRange<Float> = 0...255, seed: UInt64? = nil, name: String? = nil
    ) {
        self.factor = factor
        self.scale = scale
        self.fillValue = fillValue
        self.valueRange = valueRange
        random = SeededStream(seed)
        self.name = name
    }

    public func build(_ input: Shape, _ context: inout BuildContext) throws -> Shape {
        _ = try context.imageSize(input)
        try context.require("factor", factor, in: 0...1)
        try context.require("scale", RandomFactor(scale), in: 0...1)
        try context.require(fillValue: fillValue, for: input)
        try context.require(valueRange: valueRange)
        return input
    }

    public func forward(_ input: consuming Tensor, _ pass: Pass) -> (output: Tensor, pullback: Pullback) {
        drawing.applied(to: input, pass, random.stream.next())
    }

    private var drawing: ImageDrawing {
        .erase(area: scale, values: fillValue, valueRange).applied(factor.fromZero)
    }
}
