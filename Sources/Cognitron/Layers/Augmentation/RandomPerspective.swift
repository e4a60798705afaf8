/// Shows images as if seen from aside.
///
///     corner ← corner · (1 + u),  u even over −scale / 2 … scale / 2 for each coordinate
///
/// In inference the input passes unchanged.
///
/// - Input shape: `(N, H, W, C)`; output shape: the same.
/// - Throws: from `build`, a `CognitronError` where an argument is out of range.
/// - Source: Keras `RandomPerspective`.
public final class RandomPerspective: Layer, Codable {
    public let factor: RandomFactor
    public let scale: Float
    public let interpolation: Interpolation
    public let fillValue: Float
    public var seed: UInt64? { random.seed }
    public let name: String?
    private let random: SeededStream
    public var randomStreams: [RandomStream] { [random.stream] }

    private enum CodingKeys: String, CodingKey {
        case factor, scale, interpolation, fillValue, name
        case random = "seed"
    }

    /// - Parameters:
    ///   - factor: the probability of a change. The probability itself is drawn, from 0 to a number given, or
    ///     from a range.
    ///   - scale: from 0 to 1.
    ///   - interpolation: `.nearest` or `.bilinear`.
    ///   - fillValue: the value beyond the edges for `.constant`.
    ///   - seed: for changes that do not depend on the model's seed.
    ///   - name: the layer's name in messages, summaries and files; by default its type with a number.
    public init(
        factor: RandomFactor = 1, scale: Float = 1, interpolation: Interpolation = .bilinear,
        fillValue: Float = 0, seed: UInt64? = nil, name: String? = nil
    ) {
        self.factor = factor
        self.scale = scale
        self.interpolation = interpolation
        self.fillValue = fillValue
        random = SeededStream(seed)
        self.name = name
    }

    public func build(_ input: Shape, _ context: inout BuildContext) throws -> Shape {
        _ = try context.imageSize(input)
        try context.require("factor", factor, in: 0...1)
        try context.require("scale", RandomFactor(scale), in: 0...1)
        try context.requirePixelInterpolation(interpolation)
        return input
    }

    public func forward(_ input: consuming Tensor, _ pass: Pass) -> (output: Tensor, pullback: Pullback) {
        drawing.applied(to: input, pass, random.stream.next())
    }

    private var drawing: ImageDrawing {
        .perspective(scale: scale, ImageDrawing.sampling(.constant, fillValue, interpolation))
            .applied(factor.fromZero)
    }
}
