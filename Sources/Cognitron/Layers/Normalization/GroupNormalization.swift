/// Normalises each sample within groups of channels, then scales and shifts every channel.
///
///     output = gamma · (input − mean) / √(variance + epsilon) + beta
///
/// with the mean and variance over all positions and the channels of a group. It is the same in training and
/// inference. One group normalises whole samples, a group for each channel (`groups: -1`) is instance
/// normalisation.
///
/// - Input shape: `(N, …, C)`; output shape: the same.
/// - Parameters: `gamma (C)` if `scale`, `beta (C)` if `center`.
/// - Throws: from `build`, a `CognitronError` where the axis does not exist or is the batch's, the channels
///   cannot be split evenly into the groups, or epsilon is not positive.
/// - Source: Keras `GroupNormalization`; Wu and He, "Group Normalization" (2018).
public final class GroupNormalization: Layer, Codable {
    public let groups: Int
    public let axis: Int
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

    private enum CodingKeys: CodingKey {
        case groups, axis, epsilon, center, scale, betaInitializer, gammaInitializer
        case betaRegularizer, gammaRegularizer, betaConstraint, gammaConstraint, name
    }

    /// - Parameters:
    ///   - groups: the equal parts into which the channels are split; −1 for one for each channel.
    ///   - axis: the axis of the channels; the batch is axis 0, −1 the last.
    ///   - epsilon: added to the variance to avoid a division by zero; above 0.
    ///   - center: whether `beta` is added.
    ///   - scale: whether the result is multiplied by `gamma`.
    ///   - betaInitializer: the initial beta. `gammaInitializer` likewise.
    ///   - betaRegularizer: a penalty on beta that is added to the loss; none by default. `gammaRegularizer`
    ///     likewise.
    ///   - betaConstraint: applied to beta after every step; none by default. `gammaConstraint` likewise.
    ///   - name: the layer's name in messages, summaries and files; by default its type with a number.
    public init(
        groups: Int = 32, axis: Int = -1, epsilon: Float = 1e-3, center: Bool = true, scale: Bool = true,
        betaInitializer: Initializer = .zeros, gammaInitializer: Initializer = .ones,
        betaRegularizer: Regularizer? = nil, gammaRegularizer: Regularizer? = nil,
        betaConstraint: Constraint? = nil, gammaConstraint: Constraint? = nil, name: String? = nil
    ) {
        self.groups = groups
        self.axis = axis
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
        let channels = input[try context.requireAxes([axis], of: input)[0] - 1]
        guard groups == -1 || (1...channels).contains(groups) && channels % groups == 0 else {
            throw context.error(
                .argument, "invalid groups", expected: "a divisor of the \(channels) channels, or -1",
                got: "\(groups)")
        }
        if scale {
            try context.declare(
                gamma, "gamma", [channels], gammaInitializer, regularizer: gammaRegularizer,
                constraint: gammaConstraint)
        }
        if center {
            try context.declare(
                beta, "beta", [channels], betaInitializer, regularizer: betaRegularizer,
                constraint: betaConstraint)
        }
        return input
    }

    public func forward(_ input: consuming Tensor, _ pass: Pass) -> (output: Tensor, pullback: Pullback) {
        let last = LastAxes([axis], rank: input.rank)
        let groups = self.groups == -1 ? input.shape[last.axes[0]] : self.groups
        let (y, normalization) = last.moved(input).groupsNormalized(
            groups, epsilon: epsilon, gamma: scale ? gamma.value : nil, beta: center ? beta.value : nil)
        return (
            last.restored(y),
            { [self] dy in
                let gradients = last.moved(dy).groupsNormalizationGradients(normalization, groups: groups)
                if scale { gamma.accumulate(gradients.gamma) }
                if center { beta.accumulate(gradients.beta) }
                return last.restored(gradients.dx)
            }
        )
    }
}
