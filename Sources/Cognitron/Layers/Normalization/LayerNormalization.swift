/// Normalises each sample over its last axis, or others, then scales and shifts it.
///
///     output = gamma · (input − mean) / √(variance + epsilon) + beta
///
/// with the mean and variance of each sample's elements along the axes. It is the same in training and
/// inference.
///
/// - Input shape: `(N, …)`; output shape: the same.
/// - Parameters: `gamma` if `scale` and `beta` if `center`, of the axes' sizes.
/// - Throws: from `build`, a `CognitronError` where an axis does not exist or is the batch's, or epsilon is
///   not positive.
/// - Source: Keras `LayerNormalization`; Ba, Kiros and Hinton, "Layer Normalization" (2016).
public final class LayerNormalization: Layer, Codable {
    private let savedAxes: SavedAxes
    public var axis: [Int] { savedAxes.axes }
    public let epsilon: Float
    public let center: Bool
    public let scale: Bool
    public let betaInitializer: Initializer
    public let gammaInitializer: Initializer
    public let betaRegularizer: Regularizer?
    public let gammaRegularizer: Regularizer?
    public let betaConstraint: Constraint?
    public let gammaConstraint: Constraint?
    public let name: String?

    public let gamma = Parameter()
    public let beta = Parameter()
    public var parameters: [Parameter] { (scale ? [gamma] : []) + (center ? [beta] : []) }

    private enum CodingKeys: String, CodingKey {
        case savedAxes = "axis"
        case epsilon, center, scale, betaInitializer, gammaInitializer
        case betaRegularizer, gammaRegularizer, betaConstraint, gammaConstraint, name
    }

    /// - Parameters:
    ///   - axis: the axis to normalise over, or an array of them; the batch is axis 0, −1 the last.
    ///   - epsilon: added to the variance to avoid a division by zero; above 0.
    ///   - center: whether `beta` is added.
    ///   - scale: whether the result is multiplied by `gamma`.
    ///   - betaInitializer: the initial beta. `gammaInitializer` likewise.
    ///   - betaRegularizer: a penalty on beta that is added to the loss; none by default. `gammaRegularizer`
    ///     likewise.
    ///   - betaConstraint: applied to beta after every step; none by default. `gammaConstraint` likewise.
    ///   - name: the layer's name in messages, summaries and files; by default its type with a number.
    public init(
        axis: some AxesConvertible = -1, epsilon: Float = 1e-3, center: Bool = true, scale: Bool = true,
        betaInitializer: Initializer = .zeros, gammaInitializer: Initializer = .ones,
        betaRegularizer: Regularizer? = nil, gammaRegularizer: Regularizer? = nil,
        betaConstraint: Constraint? = nil, gammaConstraint: Constraint? = nil, name: String? = nil
    ) {
        savedAxes = SavedAxes(axis.axes)
        self.epsilon = epsilon
        self.center = center
        self.scale = scale
        self.betaInitializer = betaInitializer
        self.gammaInitializer = gammaInitializer
        self.betaRegularizer = betaRegularizer
        self.gammaRegularizer = gammaRegularizer
        self.betaConstraint = betaConstraint
        self.gammaConstraint = gammaConstraint
        self.name = name
    }

    public func build(_ input: Shape, _ context: inout BuildContext) throws -> Shape {
        try context.requireEpsilon(epsilon)
        let shape = Shape(try context.requireAxes(axis, of: input).map { input[$0 - 1] })
        if scale {
            try context.declare(
                gamma, "gamma", shape, gammaInitializer, regularizer: gammaRegularizer,
                constraint: gammaConstraint)
        }
        if center {
            try context.declare(
                beta, "beta", shape, betaInitializer, regularizer: betaRegularizer,
                constraint: betaConstraint)
        }
        return input
    }

    public func forward(_ input: consuming Tensor, _ pass: Pass) -> (output: Tensor, pullback: Pullback) {
        let last = LastAxes(axis, rank: input.rank)
        let shape = Shape(last.axes.map { [shape = input.shape] in shape[$0] })
        let columns = shape.elementCount
        let (y, normalization) = last.moved(input).rowsNormalized(
            columns: columns, epsilon: epsilon, isCentered: true, gamma: scale ? gamma.value : nil,
            beta: center ? beta.value : nil)
        return (
            last.restored(y),
            { [self] dy in
                let gradients = last.moved(dy).rowsNormalizationGradients(
                    normalization, columns: columns, isCentered: true)
                if scale { gamma.accumulate(gradients.gamma.reshaped(shape)) }
                if center { beta.accumulate(gradients.beta.reshaped(shape)) }
                return last.restored(gradients.dx)
            }
        )
    }
}
