/// Sets random elements of its input to zero in training.
///
///     output = input · mask / (1 − rate), mask being 0 with probability rate and 1 otherwise
///
/// In inference the output is the input.
///
/// - Input shape: any; output shape: the same.
/// - Throws: from `build`, a `CognitronError` unless 0 ≤ rate < 1.
/// - Source: Keras `Dropout`; Srivastava et al., "Dropout: A Simple Way to Prevent Neural Networks from
///   Overfitting" (2014).
public final class Dropout: Layer, Codable {
    public let rate: Float
    public let name: String?
    private let random = RandomStream()
    public var randomStreams: [RandomStream] { [random] }

    private enum CodingKeys: CodingKey { case rate, name }

    /// - Parameters:
    ///   - rate: the probability of dropping an element, from 0 to below 1.
    ///   - name: the layer's name in messages, summaries and files; by default its type with a number.
    public init(_ rate: Float, name: String? = nil) {
        self.rate = rate
        self.name = name
    }

    public func build(_ input: Shape, _ context: inout BuildContext) throws -> Shape {
        guard rate >= 0 && rate < 1 else {
            throw context.error(
                .argument, "invalid rate", expected: "a number from 0 to below 1", got: rate.text)
        }
        return input
    }

    public func forward(_ input: consuming Tensor, _ pass: Pass) -> (output: Tensor, pullback: Pullback) {
        guard pass.isTraining && rate > 0 else { return (input, { $0 }) }
        let key = random.next()
        return (input.dropped(rate: rate, key: key), { [rate] in $0.dropped(rate: rate, key: key) })
    }
}
