/// Adds normally distributed noise while training.
///
///     output = input + noise, noise having mean 0 and deviation stddev
///
/// In inference the input passes unchanged.
///
/// - Input shape: any; output shape: the same.
/// - Throws: from `build`, a `CognitronError` where the deviation is below 0.
/// - Source: Keras `GaussianNoise`.
public final class GaussianNoise: Layer, Codable {
    public let stddev: Float
    public var seed: UInt64? { random.seed }
    public let name: String?
    private let random: SeededStream
    public var randomStreams: [RandomStream] { [random.stream] }

    private enum CodingKeys: String, CodingKey {
        case stddev, name
        case random = "seed"
    }

    /// - Parameters:
    ///   - stddev: the noise's standard deviation, at least 0.
    ///   - seed: for noise that does not depend on the model's seed.
    ///   - name: the layer's name in messages, summaries and files; by default its type with a number.
    public init(_ stddev: Float, seed: UInt64? = nil, name: String? = nil) {
        self.stddev = stddev
        random = SeededStream(seed)
        self.name = name
    }

    public func build(_ input: Shape, _ context: inout BuildContext) throws -> Shape {
        guard stddev >= 0, stddev.isFinite else {
            throw context.error(
                .argument, "invalid stddev", expected: "a number of at least 0", got: stddev.text)
        }
        return input
    }

    public func forward(_ input: consuming Tensor, _ pass: Pass) -> (output: Tensor, pullback: Pullback) {
        guard pass.isTraining && stddev > 0 else { return (input, { $0 }) }
        var output = input
        output += .randomNormal(output.shape, standardDeviation: stddev, key: random.stream.next())
        return (output, { $0 })
    }
}
