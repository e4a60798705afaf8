/// Pushes rows to the side and columns down, in proportion to their distance from the first.
///
///     x' = x + sₓ y,  y' = y + s_y x
///
/// In inference the input passes unchanged.
///
/// - Input shape: `(N, H, W, C)`; output shape: the same.
/// - Throws: from `build`, a `CognitronError` where an argument is out of range.
/// - Source: Keras `RandomShear`.
public final class RandomShear: Layer, Codable {
    public let xFactor: RandomFactor
    public let yFactor: RandomFactor
    public let interpolation: Interpolation
    public let fillMode: FillMode
    public let fillValue: Float
    public var seed: UInt64? { random.seed }
    public let name: String?
    private let random: SeededStream
    public var randomStreams: [RandomStream] { [random.stream] }

    private enum CodingKeys: String, CodingKey {
        case xFactor, yFactor, interpolation, fillMode, fillValue, name
        case random = "seed"
    }

    /// - Parameters:
    ///   - xFactor: sₓ, from 0 to 1; its sign is drawn. A number stands for the range from its opposite to
    ///     itself, two for a range.
    ///   - yFactor: s_y, likewise, with the same sign.
    ///   - interpolation: `.nearest` or `.bilinear`.
    ///   - fillMode: what fills the edges.
    ///   - fillValue: the value beyond the edges for `.constant`.
    ///   - seed: for changes that do not depend on the model's seed.
    ///   - name: the layer's name in messages, summaries and files; by default its type with a number.
    public init(
        xFactor: RandomFactor = 0, yFactor: RandomFactor = 0, interpolation: Interpolation = .bilinear,
        fillMode: FillMode = .reflect, fillValue: Float = 0, seed: UInt64? = nil, name: String? = nil
    ) {
        self.xFactor = xFactor
        self.yFactor = yFactor
        self.interpolation = interpolation
        self.fillMode = fillMode
        self.fillValue = fillValue
        random = SeededStream(seed)
        self.name = name
    }

    public func build(_ input: Shape, _ context: inout BuildContext) throws -> Shape {
        _ = try context.imageSize(input)
        try context.require("xFactor", xFactor, in: 0...1)
        try context.require("yFactor", yFactor, in: 0...1)
        try context.requirePixelInterpolation(interpolation)
        return input
    }

    public func forward(_ input: consuming Tensor, _ pass: Pass) -> (output: Tensor, pullback: Pullback) {
        drawing.applied(to: input, pass, random.stream.next())
    }

    private var drawing: ImageDrawing {
        .shear(
            x: xFactor.aboutZero, y: yFactor.aboutZero,
            ImageDrawing.sampling(fillMode, fillValue, interpolation))
    }
}
