/// Mirrors each image with probability ½.
///
/// In inference the input passes unchanged.
///
/// - Input shape: `(N, H, W, C)`; output shape: the same.
/// - Throws: from `build`, a `CognitronError` where an argument is out of range.
/// - Source: Keras `RandomFlip`.
public final class RandomFlip: Layer, Codable {
    public let mode: FlipMode
    public var seed: UInt64? { random.seed }
    public let name: String?
    private let random: SeededStream
    public var randomStreams: [RandomStream] { [random.stream] }

    private enum CodingKeys: String, CodingKey {
        case mode, name
        case random = "seed"
    }

    /// - Parameters:
    ///   - mode: which sides are exchanged; both are together.
    ///   - seed: for changes that do not depend on the model's seed.
    ///   - name: the layer's name in messages, summaries and files; by default its type with a number.
    public init(_ mode: FlipMode = .horizontalAndVertical, seed: UInt64? = nil, name: String? = nil) {
        self.mode = mode
        random = SeededStream(seed)
        self.name = name
    }

    public func build(_ input: Shape, _ context: inout BuildContext) throws -> Shape {
        _ = try context.imageSize(input)
        return input
    }

    public func forward(_ input: consuming Tensor, _ pass: Pass) -> (output: Tensor, pullback: Pullback) {
        drawing.applied(to: input, pass, random.stream.next())
    }

    private var drawing: ImageDrawing {
        .flip(horizontal: mode != .vertical, vertical: mode != .horizontal)
    }
}
