/// Distorts images by displacements that change slowly from pixel to pixel.
///
///     displacement = α · blur(noise of deviation σ; σ)
///     σ = 0.05 · scale · min(H, W),  α = 0.1 · scale · max(H, W)
///
/// In inference the input passes unchanged.
///
/// - Input shape: `(N, H, W, C)`; output shape: the same.
/// - Throws: from `build`, a `CognitronError` where an argument is out of range.
/// - Source: Keras `RandomElasticTransform`; Simard et al., "Best Practices for Convolutional Neural Networks
///   Applied to Visual Document Analysis" (2003).
public final class RandomElasticTransform: Layer, Codable {
    public let factor: RandomFactor
    public let scale: RandomFactor
    public let interpolation: Interpolation
    public let fillMode: FillMode
    public let fillValue: Float
    public let valueRange: ClosedRange<Float>
    public var seed: UInt64? { random.seed }
    public let name: String?
    private let random: SeededStream
    public var randomStreams: [RandomStream] { [random.stream] }

    private enum CodingKeys: String, CodingKey {
        case factor, scale, interpolation, fillMode, fillValue, valueRange, name
        case random = "seed"
    }

    /// - Parameters:
    ///   - factor: the probability of a change. The probability itself is drawn, from 0 to a number given, or
    ///     from a range.
    ///   - scale: from 0 to a number given, or from a range, in 0…1; each image draws its own.
    ///   - interpolation: `.nearest` or `.bilinear`.
    ///   - fillMode: what fills the edges.
    ///   - fillValue: the value beyond the edges for `.constant`.
    ///   - valueRange: the values from black to white. Keras's default; images of this package's sources have
    ///     `0...1`.
    ///   - seed: for changes that do not depend on the model's seed.
    ///   - name: the layer's name in messages, summaries and files; by default its type with a number.
    public init(
        factor: RandomFactor = 1, scale: RandomFactor = 1, interpolation: Interpolation = .bilinear,
        fillMode: FillMode = .reflect, fillValue: Float = 0, valueRange: ClosedRange<Float> = 0...255,
        seed: UInt64? = nil, name: String? = nil
    ) {
        self.factor = factor
        self.scale = scale
        self.interpolation = interpolation
        self.fillMode = fillMode
        self.fillValue = fillValue
        self.valueRange = valueRange
        random = SeededStream(seed)
        self.name = name
    }

    public func build(_ input: Shape, _ context: inout BuildContext) throws -> Shape {
        _ = try context.imageSize(input)
        try context.require("factor", factor, in: 0...1)
        try context.require("scale", scale, in: 0...1)
        try context.requirePixelInterpolation(interpolation)
        try context.require(valueRange: valueRange)
        return input
    }

    public func forward(_ input: consuming Tensor, _ pass: Pass) -> (output: Tensor, pullback: Pullback) {
        drawing.applied(to: input, pass, random.stream.next())
    }

    private var drawing: ImageDrawing {
        .elastic(
            scale: scale.fromZero, ImageDrawing.sampling(fillMode, fillValue, interpolation), valueRange
        ).applied(factor.fromZero)
    }
}
