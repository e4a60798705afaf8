/// Turns each image about its middle.
///
/// In inference the input passes unchanged.
///
/// - Input shape: `(N, H, W, C)`; output shape: the same.
/// - Throws: from `build`, a `CognitronError` where an argument is out of range.
/// - Source: Keras `RandomRotation`.
public final class RandomRotation: Layer, Codable {
    public let factor: RandomFactor
    public let fillMode: FillMode
    public let interpolation: Interpolation
    public let fillValue: Float
    public var seed: UInt64? { random.seed }
    public let name: String?
    private let random: SeededStream
    public var randomStreams: [RandomStream] { [random.stream] }

    private enum CodingKeys: String, CodingKey {
        case factor, fillMode, interpolation, fillValue, name
        case random = "seed"
    }

    /// - Parameters:
    ///   - factor: how far, as a share of a whole turn: from −1 to 1. A number stands for the range from its
    ///     opposite to itself, two for a range.
    ///   - fillMode: what fills the edges.
    ///   - interpolation: `.nearest` or `.bilinear`.
    ///   - fillValue: the value beyond the edges for `.constant`.
    ///   - seed: for changes that do not depend on the model's seed.
    ///   - name: the layer's name in messages, summaries and files; by default its type with a number.
    public init(
        _ factor: RandomFactor, fillMode: FillMode = .reflect, interpolation: Interpolation = .bilinear,
        fillValue: Float = 0, seed: UInt64? = nil, name: String? = nil
    ) {
        self.factor = factor
        self.fillMode = fillMode
        self.interpolation = interpolation
        self.fillValue = fillValue
        random = SeededStream(seed)
        self.name = name
    }

    public func build(_ input: Shape, _ context: inout BuildContext) throws -> Shape {
        _ = try context.imageSize(input)
        try context.require("factor", factor, in: -1...1)
        try context.requirePixelInterpolation(interpolation)
        return input
    }

    public func forward(_ input: consuming Tensor, _ pass: Pass) -> (output: Tensor, pullback: Pullback) {
        drawing.applied(to: input, pass, random.stream.next())
    }

    private var drawing: ImageDrawing {
        .rotation(
            turns: factor.aboutZero, ImageDrawing.sampling(fillMode, fillValue, interpolation))
    }
}
