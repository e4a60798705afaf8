/// Divides each sample by its root mean square over the last axis, or others, then scales it.
///
///     output = scale · input / √(mean(input²) + epsilon)
///
/// - Input shape: `(N, …)`; output shape: the same.
/// - Parameters: `scale`, of the axes' sizes.
/// - Throws: from `build`, a `CognitronError` where an axis does not exist or is the batch's, or epsilon is
///   not positive.
/// - Source: Keras `RMSNormalization`; Zhang and Sennrich, "Root Mean Square Layer Normalization" (2019).
public final class RMSNormalization: Layer, Codable {
    private let savedAxes: SavedAxes
    public var axis: [Int] { savedAxes.axes }
    public let epsilon: Float
    public let name: String?

    public let scale = Parameter()
    public var parameters: [Parameter] { [scale] }

    private enum CodingKeys: String, CodingKey {
        case savedAxes = "axis"
        case epsilon, name
    }

    /// - Parameters:
    ///   - axis: the axis of the mean, or an array of them; the batch is axis 0, −1 the last.
    ///   - epsilon: added to the mean square to avoid a division by zero; above 0.
    ///   - name: the layer's name in messages, summaries and files; by default its type with a number.
    public init(axis: some AxesConvertible = -1, epsilon: Float = 1e-6, name: String? = nil) {
        savedAxes = SavedAxes(axis.axes)
        self.epsilon = epsilon
        self.name = name
    }

    public func build(_ input: Shape, _ context: inout BuildContext) throws -> Shape {
        try context.requireEpsilon(epsilon)
        let shape = Shape(try context.requireAxes(axis, of: input).map { input[$0 - 1] })
        try context.declare(scale, "scale", shape, .ones)
        return input
    }

    public func forward(_ input: consuming Tensor, _ pass: Pass) -> (output: Tensor, pullback: Pullback) {
        let last = LastAxes(axis, rank: input.rank)
        let factor = scale.value
        let (y, normalization) = last.moved(input).rowsNormalized(
            columns: factor.count, epsilon: epsilon, isCentered: false, gamma: factor, beta: nil)
        return (
            last.restored(y),
            { [scale] dy in
                let gradients = last.moved(dy).rowsNormalizationGradients(
                    normalization, columns: factor.count, isCentered: false)
                scale.accumulate(gradients.gamma.reshaped(factor.shape))
                return last.restored(gradients.dx)
            }
        )
    }
}
