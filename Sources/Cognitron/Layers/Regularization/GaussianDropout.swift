/// Multiplies by normally distributed noise while training, with the mean and deviation of dropout's.
///
///     output = input · noise, noise having mean 1 and deviation √(rate / (1 − rate))
///
/// In inference the input passes unchanged.
///
/// - Input shape: any; output shape: the same.
/// - Throws: from `build`, a `CognitronError` unless 0 ≤ rate < 1.
/// - Source: Keras `GaussianDropout`; Srivastava et al., "Dropout: A Simple Way to Prevent Neural Networks
///   from Overfitting" (2014).
public final class GaussianDropout: Layer, Codable {
    public let rate: Float
    public var seed: UInt64? { random.seed }
    public let name: String?
    private let random: SeededStream
    public var randomStreams: [RandomStream] { [random.stream] }

    private enum CodingKeys: String, CodingKey {
        case rate, name
        case random = "seed"
    }

    /// - Parameters:
    ///   - rate: that of the dropout, from 0 to below 1.
    ///   - seed: for noise that does not depend on the model's seed.
    ///   - name: the layer's name in messages, summaries and files; by default its type with a number.
    public init(_ rate: Float, seed: UInt64? = nil, name: String? = nil) {
        self.rate = rate
        random = SeededStream(seed)
        self.name = name
    }

    public func build(_ input: Shape, _ context: inout BuildContext) throws -> Shape {
        try context.requireRate("rate", rate)
        return input
    }

    public func forward(_ input: consuming Tensor, _ pass: Pass) -> (output: Tensor, pullback: Pullback) {
        guard pass.isTraining && rate > 0 else { return (input, { $0 }) }
        let noise = Tensor.randomNormal(
            input.shape, mean: 1, standardDeviation: (rate / (1 - rate)).squareRoot(),
            key: random.stream.next())
        return (input * noise, { $0 * noise })
    }
}
