/// Normalises every channel over the batch, then scales and shifts it.
///
///     output = gamma · (input − mean) / √(variance + epsilon) + beta
///
/// In training, mean and variance are those of the batch, which also update the moving statistics: `moving =
/// momentum · moving + (1 − momentum) · batch`. Inference uses the moving statistics. So does training while
/// the layer is frozen (`isTrainable = false` for it or for each of its weights), as in Keras, and then does
/// not update them.
///
/// - Input shape: `(N, …, channels)`; output shape: the same.
/// - Parameters: `gamma (channels)` if `scale`, `beta (channels)` if `center`, and the statistics
///   `movingMean`, `movingVariance (channels)`.
/// - Throws: from `build`, a `CognitronError` where the input has no axis or an argument is out of range.
/// - Source: Keras `BatchNormalization` (the moving variance is that of the biased one, unlike PyTorch's);
///   Ioffe and Szegedy, "Batch Normalization" (2015).
public final class BatchNormalization: Layer, Codable {
    public let momentum: Float
    public let epsilon: Float
    public let center: Bool
    public let scale: Bool
    public let betaRegularizer: Regularizer?
    public let gammaRegularizer: Regularizer?
    public let betaConstraint: Constraint?
    public let gammaConstraint: Constraint?
    public let name: String?

    public let gamma = Parameter()
    public let beta = Parameter()
    public let movingMean = Parameter()
    public let movingVariance = Parameter()
    public var parameters: [Parameter] {
        (scale ? [gamma] : []) + (center ? [beta] : []) + [movingMean, movingVariance]
    }

    private enum CodingKeys: CodingKey {
        case momentum, epsilon, center, scale
        case betaRegularizer, gammaRegularizer, betaConstraint, gammaConstraint, name
    }

    /// - Parameters:
    ///   - momentum: the share of the moving statistics that a step keeps, from 0 to 1.
    ///   - epsilon: added to the variance to avoid a division by zero; above 0.
    ///   - center: whether `beta` is added.
    ///   - scale: whether the result is multiplied by `gamma`.
    ///   - betaRegularizer: a penalty on beta that is added to the loss; none by default. `gammaRegularizer`
    ///     likewise.
    ///   - betaConstraint: applied to beta after every step; none by default. `gammaConstraint` likewise.
    ///   - name: the layer's name in messages, summaries and files; by default its type with a number.
    public init(
        momentum: Float = 0.99, epsilon: Float = 1e-3, center: Bool = true, scale: Bool = true,
        betaRegularizer: Regularizer? = nil, gammaRegularizer: Regularizer? = nil,
        betaConstraint: Constraint? = nil, gammaConstraint: Constraint? = nil,
        name: String? = nil
    ) {
        self.momentum = momentum
        self.epsilon = epsilon
        self.center = center
        self.scale = scale
        self.betaRegularizer = betaRegularizer
        self.gammaRegularizer = gammaRegularizer
        self.betaConstraint = betaConstraint
        self.gammaConstraint = gammaConstraint
        self.name = name
    }

    public func build(_ input: Shape, _ context: inout BuildContext) throws -> Shape {
        guard (0...1).contains(momentum) else {
            throw context.error(
                .argument, "invalid momentum", expected: "a number from 0 to 1", got: momentum.text)
        }
        guard epsilon > 0, epsilon.isFinite else {
            throw context.error(
                .argument, "invalid epsilon", expected: "a positive number", got: epsilon.text)
        }
        guard let channels = input.last else {
            throw context.error(
                .shape, "needs an axis of channels", expected: "(…, channels)", got: "\(input)")
        }
        if scale {
            try context.declare(
                gamma, "gamma", [channels], .ones, regularizer: gammaRegularizer,
                constraint: gammaConstraint)
        }
        if center {
            try context.declare(
                beta, "beta", [channels], .zeros, regularizer: betaRegularizer, constraint: betaConstraint)
        }
        try context.declare(movingMean, "moving_mean", [channels], .zeros, isStatistic: true)
        try context.declare(movingVariance, "moving_variance", [channels], .ones, isStatistic: true)
        return input
    }

    public func forward(_ input: consuming Tensor, _ pass: Pass) -> (output: Tensor, pullback: Pullback) {
        forward(input, pass, isRectified: false)
    }

    /// The layer, and a ReLU after it if `isRectified` in the same passes over memory.
    func forward(
        _ input: consuming Tensor, _ pass: Pass, isRectified: Bool
    ) -> (output: Tensor, pullback: Pullback) {
        let x = input
        let normalization = normalization(of: x, pass)
        return (
            x.normalized(by: normalization, isRectified: isRectified),
            { [self] dy in inputGradient(dy, x, normalization, isRectified: isRectified) }
        )
    }

    /// dx; adds to the gradients of gamma and beta.
    func inputGradient(
        _ dy: consuming Tensor, _ x: Tensor, _ normalization: ChannelNormalization, isRectified: Bool
    ) -> Tensor {
        let gradients = x.normalizationGradients(normalization, dy, isRectified: isRectified)
        accumulate(gradients)
        return dy.normalizationInputGradient(normalization, x, gradients, isRectified: isRectified)
    }

    func accumulate(_ gradients: ChannelGradients) {
        if scale { gamma.accumulate(gradients.gamma) }
        if center { beta.accumulate(gradients.beta) }
    }

    /// The normalisation of a batch; updates the moving statistics in training.
    func normalization(of x: Tensor, _ pass: Pass) -> ChannelNormalization {
        normalization(by: pass.isTraining && !isFrozen ? batchStatistics(x) : movingStatistics)
    }

    /// The normalisation in inference.
    var inferenceNormalization: ChannelNormalization { normalization(by: movingStatistics) }

    private func normalization(by statistics: ChannelStatistics) -> ChannelNormalization {
        ChannelNormalization(
            statistics, epsilon: epsilon, gamma: scale ? gamma.value : nil, beta: center ? beta.value : nil)
    }

    private var movingStatistics: ChannelStatistics {
        ChannelStatistics(mean: movingMean.value, variance: movingVariance.value)
    }

    private func batchStatistics(_ x: Tensor) -> ChannelStatistics {
        let batch = x.channelStatistics()
        movingMean.value = movingMean.value * momentum + batch.mean * (1 - momentum)
        movingVariance.value = movingVariance.value * momentum + batch.variance * (1 - momentum)
        return batch
    }

    /// Whether all weights are frozen; without weights, whether the statistics are.
    private var isFrozen: Bool {
        let weights = parameters.filter { !$0.isStatistic }
        return (weights.isEmpty ? parameters : weights).allSatisfy(\.isFrozen)
    }
}
