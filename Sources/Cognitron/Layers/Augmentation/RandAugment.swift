/// Changes each image by some of eleven changes drawn for it.
///
/// Brightness, contrast, sharpness, colours, solarization, posterization, equalization, contrast from black
/// to white, shear, translation and rotation. Each image draws its own; in Keras a batch shares them.
///
/// In inference the input passes unchanged.
///
/// - Input shape: `(N, H, W, C)`; output shape: the same.
/// - Throws: from `build`, a `CognitronError` where an argument is out of range.
/// - Source: Keras `RandAugment`; Cubuk et al., "RandAugment: Practical Automated Data Augmentation with a
///   Reduced Search Space" (2020).
public final class RandAugment: Layer, Codable {
    public let valueRange: ClosedRange<Float>
    public let numOps: Int
    public let factor: RandomFactor
    public let interpolation: Interpolation
    public var seed: UInt64? { random.seed }
    public let name: String?
    private let random: SeededStream
    public var randomStreams: [RandomStream] { [random.stream] }

    private enum CodingKeys: String, CodingKey {
        case valueRange, numOps, factor, interpolation, name
        case random = "seed"
    }

    /// - Parameters:
    ///   - valueRange: the values from black to white. Keras's default; images of this package's sources have
    ///     `0...1`.
    ///   - numOps: how many are applied, one after another.
    ///   - factor: their strength, from 0 to a number given, or from a range, in 0…1.
    ///   - interpolation: `.nearest` or `.bilinear`.
    ///   - seed: for changes that do not depend on the model's seed.
    ///   - name: the layer's name in messages, summaries and files; by default its type with a number.
    public init(
        valueRange: ClosedRange<Float> = 0...255, numOps: Int = 2, factor: RandomFactor = 0.5,
        interpolation: Interpolation = .bilinear, seed: UInt64? = nil, name: String? = nil
    ) {
        self.valueRange = valueRange
        self.numOps = numOps
        self.factor = factor
        self.interpolation = interpolation
        random = SeededStream(seed)
        self.name = name
    }

    public func build(_ input: Shape, _ context: inout BuildContext) throws -> Shape {
        _ = try context.imageSize(input)
        try context.require("numOps", numOps)
        try context.require("factor", factor, in: 0...1)
        try context.requirePixelInterpolation(interpolation)
        try context.require(valueRange: valueRange)
        return input
    }

    public func forward(_ input: consuming Tensor, _ pass: Pass) -> (output: Tensor, pullback: Pullback) {
        drawing.applied(to: input, pass, random.stream.next())
    }

    private var drawing: ImageDrawing {
        .randAugment(
            count: numOps, strength: factor.fromZero, valueRange,
            ImageDrawing.sampling(.reflect, 0, interpolation))
    }
}
