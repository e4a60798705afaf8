/// Divides each channel of a pixel by a power of the energy of its neighbouring channels.
///
///     output[…, c] = input[…, c] / (k + alpha / size · Σ input[…, j]²)^beta
///
/// summed over the channels j from c − ⌊size / 2⌋ to c + ⌊(size − 1) / 2⌋ that exist.
///
///     LocalResponseNormalization(size: 5, alpha: 5e-4, k: 2)      // AlexNet, whose α is ours / size
///
/// - Input shape: `(N, …, C)`; output shape: the same.
/// - Throws: from `build`, a `CognitronError` where an argument is out of range or there is no channel.
/// - Source: PyTorch `LocalResponseNorm`; Krizhevsky, Sutskever and Hinton, "ImageNet Classification with
///   Deep Convolutional Neural Networks" (2012). Keras has none.
public final class LocalResponseNormalization: Layer, Codable {
    public let size: Int
    public let alpha: Float
    public let beta: Float
    public let k: Float
    public let name: String?

    /// - Parameters:
    ///   - size: the channels that are summed over, at least 1.
    ///   - alpha: the weight of the mean of their squares, at least 0.
    ///   - beta: the exponent, at least 0.
    ///   - k: added to the energy; above 0.
    ///   - name: the layer's name in messages, summaries and files; by default its type with a number.
    public init(
        size: Int = 5, alpha: Float = 1e-4, beta: Float = 0.75, k: Float = 1, name: String? = nil
    ) {
        self.size = size
        self.alpha = alpha
        self.beta = beta
        self.k = k
        self.name = name
    }

    public func build(_ input: Shape, _ context: inout BuildContext) throws -> Shape {
        try context.require("size", size)
        for (argument, value) in [("alpha", alpha), ("beta", beta)] {
            guard value >= 0, value.isFinite else {
                throw context.error(
                    .argument, "invalid \(argument)", expected: "a number of at least 0", got: value.text)
            }
        }
        guard k > 0, k.isFinite else {
            throw context.error(.argument, "invalid k", expected: "a positive number", got: k.text)
        }
        guard let channels = input.last, channels > 0 else {
            throw context.error(
                .shape, "needs an axis of channels", expected: "(…, channels)", got: "\(input)")
        }
        return input
    }

    public func forward(_ input: consuming Tensor, _ pass: Pass) -> (output: Tensor, pullback: Pullback) {
        let x = input
        return (
            x.localResponse(size: size, alpha: alpha, beta: beta, k: k),
            { [self] in $0.localResponseGradient(x, size: size, alpha: alpha, beta: beta, k: k) }
        )
    }
}
