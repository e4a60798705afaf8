/// Removes the colours of each image with a probability.
///
///     grey = 0.2989 red + 0.5870 green + 0.1140 blue
///
/// In inference the input passes unchanged.
///
/// - Input shape: `(N, H, W, C)`; output shape: the same.
/// - Throws: from `build`, a `CognitronError` where an argument is out of range.
/// - Source: Keras `RandomGrayscale`.
public final class RandomGrayscale: Layer, Codable {
    public let factor: Float
    public var seed: UInt64? { random.seed }
    public let name: String?
    private let random: SeededStream
    public var randomStreams: [RandomStream] { [random.stream] }

    private enum CodingKeys: String, CodingKey {
        case factor, name
        case random = "seed"
    }

    /// - Parameters:
    ///   - factor: the probability, from 0 to 1.
    ///   - seed: for changes that do not depend on the model's seed.
    ///   - name: the layer's name in messages, summaries and files; by default its type with a number.
    public init(factor: Float = 0.5, seed: UInt64? = nil, name: String? = nil) {
        self.factor = factor
        random = SeededStream(seed)
        self.name = name
    }

    public func build(_ input: Shape, _ context: inout BuildContext) throws -> Shape {
        _ = try context.imageSize(input)
        try context.require("factor", RandomFactor(factor), in: 0...1)
        try context.requireColors(input)
        return input
    }

    public func forward(_ input: consuming Tensor, _ pass: Pass) -> (output: Tensor, pullback: Pullback) {
        drawing.applied(to: input, pass, random.stream.next())
    }

    private var drawing: ImageDrawing {
        .grey(1...1, -.infinity ... .infinity).applied(factor...factor)
    }
}
