/// Inverts the bright values of each image.
///
///     x = clip(input + a · (white − black));  output = x < t ? x : white − x + black
///
/// In inference the input passes unchanged.
///
/// - Input shape: `(N, H, W, C)`; output shape: the same.
/// - Throws: from `build`, a `CognitronError` where an argument is out of range.
/// - Source: Keras `Solarization`.
public final class Solarization: Layer, Codable {
    public let additionFactor: RandomFactor
    public let thresholdFactor: RandomFactor
    public let valueRange: ClosedRange<Float>
    public var seed: UInt64? { random.seed }
    public let name: String?
    private let random: SeededStream
    public var randomStreams: [RandomStream] { [random.stream] }

    private enum CodingKeys: String, CodingKey {
        case additionFactor, thresholdFactor, valueRange, name
        case random = "seed"
    }

    /// - Parameters:
    ///   - additionFactor: a, from 0 to a number given, or from a range, in 0…1.
    ///   - thresholdFactor: the threshold t as a share of the range of values, likewise.
    ///   - valueRange: the values from black to white. Keras's default; images of this package's sources have
    ///     `0...1`.
    ///   - seed: for changes that do not depend on the model's seed.
    ///   - name: the layer's name in messages, summaries and files; by default its type with a number.
    public init(
        additionFactor: RandomFactor = 0, thresholdFactor: RandomFactor = 0,
        valueRange: ClosedRange<Float> = 0...255, seed: UInt64? = nil, name: String? = nil
    ) {
        self.additionFactor = additionFactor
        self.thresholdFactor = thresholdFactor
        self.valueRange = valueRange
        random = SeededStream(seed)
        self.name = name
    }

    public func build(_ input: Shape, _ context: inout BuildContext) throws -> Shape {
        _ = try context.imageSize(input)
        try context.require("additionFactor", additionFactor, in: 0...1)
        try context.require("thresholdFactor", thresholdFactor, in: 0...1)
        try context.require(valueRange: valueRange)
        return input
    }

    public func forward(_ input: consuming Tensor, _ pass: Pass) -> (output: Tensor, pullback: Pullback) {
        drawing.applied(to: input, pass, random.stream.next())
    }

    private var drawing: ImageDrawing {
        .solarize(
            addition: additionFactor.fromZero, threshold: thresholdFactor.fromZero, valueRange)
    }
}
