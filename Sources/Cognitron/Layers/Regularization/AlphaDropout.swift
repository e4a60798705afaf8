/// Dropout that keeps the mean and the variance of its input, for networks of SELUs.
///
///     output = a · (input where kept, α elsewhere) + b
///     α = −1.7581, the limit of the SELU;  a = 1 / √((1 − rate)·(1 + rate·α²));  b = −a·α·rate
///
/// In inference the input passes unchanged.
///
/// - Input shape: any; output shape: the same.
/// - Throws: from `build`, a `CognitronError` unless 0 ≤ rate < 1 and the noise's shape fits.
/// - Source: Keras `AlphaDropout`; Klambauer et al., "Self-Normalizing Neural Networks" (2017).
public final class AlphaDropout: Layer, Codable {
    public let rate: Float
    public let noiseShape: [Int?]?
    public var seed: UInt64? { random.seed }
    public let name: String?
    private let random: SeededStream
    public var randomStreams: [RandomStream] { [random.stream] }

    private enum CodingKeys: String, CodingKey {
        case rate, noiseShape, name
        case random = "seed"
    }

    /// - Parameters:
    ///   - rate: the share of the inputs that are dropped, from 0 to below 1.
    ///   - noiseShape: as of `Dropout`.
    ///   - seed: for masks that do not depend on the model's seed.
    ///   - name: the layer's name in messages, summaries and files; by default its type with a number.
    public init(_ rate: Float, noiseShape: [Int?]? = nil, seed: UInt64? = nil, name: String? = nil) {
        self.rate = rate
        self.noiseShape = noiseShape
        random = SeededStream(seed)
        self.name = name
    }

    public func build(_ input: Shape, _ context: inout BuildContext) throws -> Shape {
        try context.requireRate("rate", rate)
        try context.require(noiseShape: noiseShape, for: input)
        return input
    }

    public func forward(_ input: consuming Tensor, _ pass: Pass) -> (output: Tensor, pullback: Pullback) {
        guard pass.isTraining && rate > 0 else { return (input, { $0 }) }
        let noise = noiseShape?.noiseShape(for: input.shape) ?? input.shape
        let kept = Tensor.randomUniform(noise, key: random.stream.next()) .>= rate
        let limit: Float = -1.673_263_24 * 1.050_700_99
        let a = 1 / ((1 - rate) * (1 + rate * limit * limit)).squareRoot()
        let b = -a * limit * rate
        // a·(input·kept + α·(1 − kept)) + b, what depends on the mask alone being put together first.
        let (factor, offset) = (kept * a, (1 - kept) * (a * limit) + b)
        return (input * factor + offset, { $0 * factor })
    }
}
