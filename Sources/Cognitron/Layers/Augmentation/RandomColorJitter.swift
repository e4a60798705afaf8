/// Changes brightness, contrast, saturation and hue of each image, in this order, those that are given.
///
/// Through saturation and hue the gradient of the input is zero.
///
/// In inference the input passes unchanged.
///
/// - Input shape: `(N, H, W, C)`; output shape: the same.
/// - Throws: from `build`, a `CognitronError` where an argument is out of range.
/// - Source: Keras `RandomColorJitter`.
public final class RandomColorJitter: Layer, Codable {
    public let valueRange: ClosedRange<Float>
    public let brightnessFactor: RandomFactor?
    public let contrastFactor: RandomFactor?
    public let saturationFactor: RandomFactor?
    public let hueFactor: RandomFactor?
    public var seed: UInt64? { random.seed }
    public let name: String?
    private let random: SeededStream
    public var randomStreams: [RandomStream] { [random.stream] }

    private enum CodingKeys: String, CodingKey {
        case valueRange, brightnessFactor, contrastFactor, saturationFactor, hueFactor, name
        case random = "seed"
    }

    /// - Parameters:
    ///   - valueRange: the values from black to white. Keras's default; images of this package's sources have
    ///     `0...1`.
    ///   - brightnessFactor: as that of `RandomBrightness`.
    ///   - contrastFactor: as that of `RandomContrast`.
    ///   - saturationFactor: as that of `RandomSaturation`.
    ///   - hueFactor: as that of `RandomHue`.
    ///   - seed: for changes that do not depend on the model's seed.
    ///   - name: the layer's name in messages, summaries and files; by default its type with a number.
    public init(
        valueRange: ClosedRange<Float> = 0...255, brightnessFactor: RandomFactor? = nil,
        contrastFactor: RandomFactor? = nil, saturationFactor: RandomFactor? = nil,
        hueFactor: RandomFactor? = nil, seed: UInt64? = nil, name: String? = nil
    ) {
        self.valueRange = valueRange
        self.brightnessFactor = brightnessFactor
        self.contrastFactor = contrastFactor
        self.saturationFactor = saturationFactor
        self.hueFactor = hueFactor
        random = SeededStream(seed)
        self.name = name
    }

    public func build(_ input: Shape, _ context: inout BuildContext) throws -> Shape {
        _ = try context.imageSize(input)
        for (name, factor, low) in [
            ("brightnessFactor", brightnessFactor, -1), ("contrastFactor", contrastFactor, 0),
            ("saturationFactor", saturationFactor, 0), ("hueFactor", hueFactor, 0),
        ] as [(String, RandomFactor?, Float)] {
            if let factor { try context.require(name, factor, in: low...1) }
        }
        if saturationFactor != nil || hueFactor != nil { try context.requireColors(input) }
        try context.require(valueRange: valueRange)
        return input
    }

    public func forward(_ input: consuming Tensor, _ pass: Pass) -> (output: Tensor, pullback: Pullback) {
        drawing.applied(to: input, pass, random.stream.next())
    }

    private var drawing: ImageDrawing {
        .sequence(
            [
                brightnessFactor.map { .brightness($0.aboutZero, valueRange) },
                contrastFactor.map { .contrast(1 - $0.ends.lower...1 + $0.ends.upper, valueRange) },
                saturationFactor.map { .saturation(factor: $0.fromZero, valueRange) },
                hueFactor.map { .hue($0.fromZero, valueRange) },
            ].compactMap { $0 })
    }
}
