/// Blurs images by a Gaussian.
///
/// Each image draws its own deviations. Beyond the edges there are zeros.
///
/// In inference the input passes unchanged.
///
/// - Input shape: `(N, H, W, C)`; output shape: the same.
/// - Throws: from `build`, a `CognitronError` where an argument is out of range.
/// - Source: Keras `RandomGaussianBlur`.
public final class RandomGaussianBlur: Layer, Codable {
    public let factor: RandomFactor
    public let kernelSize: WindowSize
    public let sigma: RandomFactor
    public let valueRange: ClosedRange<Float>
    public var seed: UInt64? { random.seed }
    public let name: String?
    private let random: SeededStream
    public var randomStreams: [RandomStream] { [random.stream] }

    private enum CodingKeys: String, CodingKey {
        case factor, kernelSize, sigma, valueRange, name
        case random = "seed"
    }

    /// - Parameters:
    ///   - factor: the probability of a change. The probability itself is drawn, from 0 to a number given, or
    ///     from a range.
    ///   - kernelSize: the odd numbers of weights along rows and columns.
    ///   - sigma: the deviations in pixels along rows and columns, each from 0 to a number given, or from a
    ///     range, in 0…1.
    ///   - valueRange: the values from black to white. Keras's default; images of this package's sources have
    ///     `0...1`.
    ///   - seed: for changes that do not depend on the model's seed.
    ///   - name: the layer's name in messages, summaries and files; by default its type with a number.
    public init(
        factor: RandomFactor = 1, kernelSize: some WindowSizeConvertible = 3, sigma: RandomFactor = 1,
        valueRange: ClosedRange<Float> = 0...255, seed: UInt64? = nil, name: String? = nil
    ) {
        self.factor = factor
        self.kernelSize = kernelSize.windowSize(rank: 2)
        self.sigma = sigma
        self.valueRange = valueRange
        random = SeededStream(seed)
        self.name = name
    }

    public func build(_ input: Shape, _ context: inout BuildContext) throws -> Shape {
        _ = try context.imageSize(input)
        try context.require("factor", factor, in: 0...1)
        try context.require("sigma", sigma, in: 0...1)
        try context.require(odd: kernelSize)
        try context.require(valueRange: valueRange)
        return input
    }

    public func forward(_ input: consuming Tensor, _ pass: Pass) -> (output: Tensor, pullback: Pullback) {
        drawing.applied(to: input, pass, random.stream.next())
    }

    private var drawing: ImageDrawing {
        .blur(counts: (kernelSize.height, kernelSize.width), sigma: sigma.fromZero, .constant(0))
            .clipped(valueRange).applied(factor.fromZero)
    }
}
