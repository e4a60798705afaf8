/// The softmax along an axis.
///
///     output = eˣ / Σ eˣ
///
/// Called on two inputs, it takes the second as a mask of the first: `Softmax()(scores, mask)` gives 0 where
/// the mask is 0, and shares what is left. So does a mask from the layers before that has the input's shape.
///
/// - Input shape: any, and for a mask one that broadcasts to it; output shape: the input's.
/// - Throws: from `build`, a `CognitronError` where the axis is none of the input's, or the mask does not
///   fit.
/// - Source: Keras `Softmax`.
public final class Softmax: ActivationLayer, Codable {
    public let axis: Int
    public let name: String?
    public var activation: ActivationFunction { .softmax(axis: axis) }

    private enum CodingKeys: CodingKey { case axis, name }

    /// What masked scores are set to, as in Keras: e to it is 0.
    private static let masked = Tensor(-1e9)

    /// - Parameters:
    ///   - axis: along which the outputs sum to 1; as in Keras, a positive one counts the batch.
    ///   - name: the layer's name in messages, summaries and files; by default its type with a number.
    public init(axis: Int = -1, name: String? = nil) {
        self.axis = axis
        self.name = name
    }

    public convenience init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            axis: try container.decode(.axis, default: -1),
            name: try container.decodeIfPresent(String.self, forKey: .name))
    }

    public func build(inputs: [Shape], _ context: inout BuildContext) throws -> [Shape] {
        guard (1...2).contains(inputs.count) else {
            throw context.error(.shape, "takes one input and a mask", got: "\(inputs.count) inputs")
        }
        let output = try build(inputs[0], &context)
        guard inputs.count == 1 || Shape.broadcast(inputs) == output else {
            throw context.error(
                .shape, "its mask does not fit its input", expected: "one that broadcasts to \(output)",
                got: "\(inputs[1])")
        }
        return [output]
    }

    public func forward(
        inputs: consuming [Tensor], _ pass: Pass
    ) -> (outputs: [Tensor], pullback: MultiPullback) {
        guard inputs.count == 2 else {
            let (output, pullback) = forward(inputs.removeLast(), pass)
            return ([output], { [pullback($0[0])] })
        }
        let (x, mask) = (inputs[0], inputs[1].aligned(rank: inputs[0].rank) .> 0.5)
        let (output, pullback) = masked(x, mask)
        return ([output], { [pullback($0[0]), .zeros(mask.shape)] })
    }

    public func forward(_ input: consuming Tensor, _ pass: Pass) -> (output: Tensor, pullback: Pullback) {
        guard let mask = mask(of: input.shape, pass) else { return activation.forward(input) }
        return masked(input, mask)
    }

    public func forwardLinear(
        _ input: consuming Tensor, _ pass: Pass
    ) -> (output: Tensor, pullback: Pullback) {
        guard let mask = mask(of: input.shape, pass) else { return (input, { $0 }) }
        return (.where(mask, input, Self.masked), { $0 * mask })
    }

    private func mask(of shape: Shape, _ pass: Pass) -> Tensor? {
        guard let mask = pass.mask(0), mask.shape == shape else { return nil }
        return mask
    }

    /// - Parameter mask: of ones and zeros.
    private func masked(_ input: Tensor, _ mask: Tensor) -> (output: Tensor, pullback: Pullback) {
        let (output, pullback) = activation.forward(.where(mask, input, Self.masked))
        // Where all of a row is masked, its shares are zero and not equal.
        return (output * mask, { pullback($0 * mask) * mask })
    }
}
