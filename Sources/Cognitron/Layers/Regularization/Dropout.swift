import CognitronKernels

/// Sets a random share of its input to zero while training, so that no unit can rely on another.
///
///     output = input · mask / (1 − rate), mask being 0 with probability rate and 1 otherwise
///
/// In inference the input passes unchanged.
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
    ///   - rate: the share of the inputs that are dropped, from 0 to below 1.
    ///   - name: what messages, summaries and files call the layer; by default they number its type.
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
        let mask = random.next()
        let output = dropped(input, mask)
        return (output, { [self] in dropped($0, mask) })
    }

    private func dropped(_ tensor: consuming Tensor, _ mask: RandomKey) -> Tensor {
        var result = tensor
        let x = result.mutablePointer
        DropoutKernel.apply(mask.philox, round: 0, rate: rate, x, into: x, count: result.count)
        return result
    }
}
