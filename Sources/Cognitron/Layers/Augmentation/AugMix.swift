/// Mixes each image with changed ones.
///
///     output = clip(m · input + (1 − m) · Σᵢ wᵢ chainᵢ(input))
///
/// Each chain is some of the changes of `RandAugment`. Each image draws its own; in Keras a batch shares
/// them.
///
/// In inference the input passes unchanged.
///
/// - Input shape: `(N, H, W, C)`; output shape: the same.
/// - Throws: from `build`, a `CognitronError` where an argument is out of range.
/// - Source: Keras `AugMix`; Hendrycks et al., "AugMix: A Simple Data Processing Method to Improve Robustness
///   and Uncertainty" (2020).
public final class AugMix: Layer, Codable {
    public let valueRange: ClosedRange<Float>
    public let numChains: Int
    public let chainDepth: Int
    public let factor: RandomFactor
    public let alpha: Float
    public let allOps: Bool
    public let interpolation: Interpolation
    public var seed: UInt64? { random.seed }
    public let name: String?
    private let random: SeededStream
    public var randomStreams: [RandomStream] { [random.stream] }

    private enum CodingKeys: String, CodingKey {
        case valueRange, numChains, chainDepth, factor, alpha, allOps, interpolation, name
        case random = "seed"
    }

    /// - Parameters:
    ///   - valueRange: the values from black to white. Keras's default; images of this package's sources have
    ///     `0...1`.
    ///   - numChains: the number of chains.
    ///   - chainDepth: the most changes of a chain.
    ///   - factor: their strength, from 0 to a number given, or from a range, in 0…1.
    ///   - alpha: above 0: the parameter of the distributions of m (beta) and w (Dirichlet).
    ///   - allOps: whether brightness, contrast, colours and sharpness are among the changes.
    ///   - interpolation: `.nearest` or `.bilinear`.
    ///   - seed: for changes that do not depend on the model's seed.
    ///   - name: the layer's name in messages, summaries and files; by default its type with a number.
    public init(
        valueRange: ClosedRange<Float> = 0...255, numChains: Int = 3, chainDepth: Int = 3,
        factor: RandomFactor = 0.3, alpha: Float = 1, allOps: Bool = true,
        interpolation: Interpolation = .bilinear, seed: UInt64? = nil, name: String? = nil
    ) {
        self.valueRange = valueRange
        self.numChains = numChains
        self.chainDepth = chainDepth
        self.factor = factor
        self.alpha = alpha
        self.allOps = allOps
        self.interpolation = interpolation
        random = SeededStream(seed)
        self.name = name
    }

    public func build(_ input: Shape, _ context: inout BuildContext) throws -> Shape {
        _ = try context.imageSize(input)
        try context.require("numChains", numChains)
        try context.require("chainDepth", chainDepth)
        try context.require("factor", factor, in: 0...1)
        try context.require("alpha", RandomFactor(alpha), in: Float.leastNormalMagnitude...1000)
        try context.requirePixelInterpolation(interpolation)
        try context.require(valueRange: valueRange)
        return input
    }

    public func forward(_ input: consuming Tensor, _ pass: Pass) -> (output: Tensor, pullback: Pullback) {
        drawing.applied(to: input, pass, random.stream.next())
    }

    private var drawing: ImageDrawing {
        .augMix(
            chains: numChains, depth: chainDepth, strength: factor.fromZero, alpha: alpha, withColors: allOps,
            valueRange, ImageDrawing.sampling(.reflect, 0, interpolation))
    }
}
