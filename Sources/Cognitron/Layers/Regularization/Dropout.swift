/// Sets a random share of its input to zero while training, so that no unit can rely on another.
///
///     output = input · mask / (1 − rate), mask being 0 with probability rate and 1 otherwise
///
///     Dropout(0.5)
///     Dropout(0.5, noiseShape: [nil, 1, nil])      // one mask for all time steps
///
/// In inference the input passes unchanged.
///
/// - Input shape: any; output shape: the same.
/// - Throws: from `build`, a `CognitronError` unless 0 ≤ rate < 1 and the noise's shape fits.
/// - Source: Keras `Dropout`; Srivastava et al., "Dropout: A Simple Way to Prevent Neural Networks from
///   Overfitting" (2014).
public final class Dropout: DroppingLayer, Codable {
    public let rate: Float
    public let noiseShape: [Int?]?
    public var seed: UInt64? { random.seed }
    public let name: String?
    let random: SeededStream
    public var randomStreams: [RandomStream] { [random.stream] }

    private enum CodingKeys: String, CodingKey {
        case rate, noiseShape, name
        case random = "seed"
    }

    /// - Parameters:
    ///   - rate: the share of the inputs that are dropped, from 0 to below 1.
    ///   - noiseShape: the shape of the mask, with the batch; a size of 1 drops all along that axis together,
    ///     nil stands for the input's size. By default each number has its own.
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
        let noise = noiseShape?.noiseShape(for: input.shape)
        return drop(input, pass, noise: noise)
    }
}

/// A layer that sets a random share of its input to zero.
protocol DroppingLayer: Layer {
    var rate: Float { get }
    var random: SeededStream { get }
}

extension DroppingLayer {
    /// - Parameter noise: the shape of the mask; nil where each number has its own.
    func drop(
        _ input: consuming Tensor, _ pass: Pass, noise: Shape?
    ) -> (output: Tensor, pullback: Pullback) {
        guard pass.isTraining && rate > 0 else { return (input, { $0 }) }
        let (rate, key) = (rate, random.stream.next())
        if let noise {
            let mask = Tensor.ones(noise).dropped(rate: rate, key: key)
            return (input * mask, { $0 * mask })
        }
        return (input.dropped(rate: rate, key: key), { $0.dropped(rate: rate, key: key) })
    }
}
