/// Normalises every channel over the batch, then scales and shifts it.
///
///     output = gamma · (input − mean) / √(variance + epsilon) + beta
///
/// In training, mean and variance are those of the batch, which also update the moving statistics: `moving =
/// momentum · moving + (1 − momentum) · batch`. Inference uses the moving statistics. So does training while
/// the layer is frozen (`isTrainable = false` for it or for each of its weights), as in Keras, and then does
/// not update them. Of sequences with a mask, the batch's statistics are those of the steps that count.
///
/// With `renorm` the training's outputs are corrected towards those of inference: `input̂ · r + d` stands for
/// the normalised input, with r = σ / σ_moving and d = (mean − mean_moving) / σ_moving as constants, clipped.
///
/// - Input shape: `(N, …, channels)`, or with another `axis`; output shape: the same.
/// - Parameters: `gamma (channels)` if `scale`, `beta (channels)` if `center`, and the statistics
///   `moving_mean`, `moving_variance (channels)`; with `renorm` also `moving_stddev`, `renorm_mean` and
///   `renorm_stddev`.
/// - Throws: from `build`, a `CognitronError` where the input has no such axis or an argument is out of
///   range.
/// - Source: Keras `BatchNormalization` (the moving variance is that of the biased one, unlike PyTorch's);
///   Ioffe and Szegedy, "Batch Normalization" (2015); Ioffe, "Batch Renormalization" (2017).
public final class BatchNormalization: Layer, Codable {
    public var axis: Int { arguments.axis }
    public var momentum: Float { arguments.momentum }
    public var epsilon: Float { arguments.epsilon }
    public var center: Bool { arguments.center }
    public var scale: Bool { arguments.scale }
    public var renorm: Bool { arguments.renorm }
    public var synchronized: Bool { arguments.synchronized }
    public var name: String? { arguments.name }
    public let arguments: BatchNormalizationArguments

    public let gamma = Parameter()
    public let beta = Parameter()
    public let movingMean = Parameter()
    public let movingVariance = Parameter()
    let renormStatistics: RenormStatistics?
    public var parameters: [Parameter] {
        (scale ? [gamma] : []) + (center ? [beta] : []) + [movingMean, movingVariance]
            + (renormStatistics?.parameters ?? [])
    }

    /// - Parameters:
    ///   - axis: the axis of the channels; the batch is axis 0, −1 the last.
    ///   - momentum: the share of the moving statistics that a step keeps, from 0 to 1.
    ///   - epsilon: added to the variance to avoid a division by zero; above 0.
    ///   - center: whether `beta` is added.
    ///   - scale: whether the result is multiplied by `gamma`.
    ///   - betaInitializer: the initial beta. `gammaInitializer`, `movingMeanInitializer` and
    ///     `movingVarianceInitializer` likewise.
    ///   - betaRegularizer: a penalty on beta that is added to the loss; none by default. `gammaRegularizer`
    ///     likewise.
    ///   - betaConstraint: applied to beta after every step; none by default. `gammaConstraint` likewise.
    ///   - renorm: whether to use batch renormalisation.
    ///   - renormClipping: the limits of its corrections; none by default.
    ///   - renormMomentum: the share of its moving statistics that a step keeps, from 0 to 1.
    ///   - synchronized: whether the batch's statistics are those of all ranks that train together
    ///     (`.allReduce`); by default each rank has those of its part.
    ///   - name: the layer's name in messages, summaries and files; by default its type with a number.
    public convenience init(
        axis: Int = -1, momentum: Float = 0.99, epsilon: Float = 1e-3, center: Bool = true,
        scale: Bool = true, betaInitializer: Initializer = .zeros, gammaInitializer: Initializer = .ones,
        movingMeanInitializer: Initializer = .zeros, movingVarianceInitializer: Initializer = .ones,
        betaRegularizer: Regularizer? = nil, gammaRegularizer: Regularizer? = nil,
        betaConstraint: Constraint? = nil, gammaConstraint: Constraint? = nil, renorm: Bool = false,
        renormClipping: RenormClipping? = nil, renormMomentum: Float = 0.99,
        synchronized: Bool = false, name: String? = nil
    ) {
        self.init(
            BatchNormalizationArguments(
                axis: axis, momentum: momentum, epsilon: epsilon, center: center, scale: scale,
                betaInitializer: betaInitializer, gammaInitializer: gammaInitializer,
                movingMeanInitializer: movingMeanInitializer,
                movingVarianceInitializer: movingVarianceInitializer, betaRegularizer: betaRegularizer,
                gammaRegularizer: gammaRegularizer, betaConstraint: betaConstraint,
                gammaConstraint: gammaConstraint, renorm: renorm, renormClipping: renormClipping,
                renormMomentum: renormMomentum, synchronized: synchronized, name: name))
    }

    public init(_ arguments: BatchNormalizationArguments) {
        self.arguments = arguments
        renormStatistics = arguments.renorm ? RenormStatistics() : nil
    }

    public convenience init(from decoder: any Decoder) throws {
        self.init(try BatchNormalizationArguments(from: decoder))
    }

    public func encode(to encoder: any Encoder) throws { try arguments.encode(to: encoder) }

    public func build(_ input: Shape, _ context: inout BuildContext) throws -> Shape {
        let a = arguments
        try a.check(context)
        guard !input.isEmpty else {
            throw context.error(
                .shape, "needs an axis of channels", expected: "(…, channels)", got: "\(input)")
        }
        let channels = input[try context.requireAxes([axis], of: input)[0] - 1]
        if scale {
            try context.declare(
                gamma, "gamma", [channels], a.gammaInitializer, regularizer: a.gammaRegularizer,
                constraint: a.gammaConstraint)
        }
        if center {
            try context.declare(
                beta, "beta", [channels], a.betaInitializer, regularizer: a.betaRegularizer,
                constraint: a.betaConstraint)
        }
        try context.declare(
            movingMean, "moving_mean", [channels], a.movingMeanInitializer, isStatistic: true)
        try context.declare(
            movingVariance, "moving_variance", [channels], a.movingVarianceInitializer, isStatistic: true)
        try renormStatistics?.declare(channels, a, context)
        return input
    }

    public func forward(_ input: consuming Tensor, _ pass: Pass) -> (output: Tensor, pullback: Pullback) {
        forward(input, pass, isRectified: false)
    }

    /// The layer, and a ReLU after it if `isRectified` in the same passes over memory.
    func forward(
        _ input: consuming Tensor, _ pass: Pass, isRectified: Bool
    ) -> (output: Tensor, pullback: Pullback) {
        let last = LastAxes([axis], rank: input.rank)
        let x = last.moved(input)
        let normalization = normalization(of: x, pass, mask: pass.mask(0))
        guard !last.areLast else {
            // Works in place of dy, which `moved` would hold.
            return (
                x.normalized(by: normalization, isRectified: isRectified),
                { [self] dy in inputGradient(dy, x, normalization, isRectified: isRectified) }
            )
        }
        return (
            last.restored(x.normalized(by: normalization, isRectified: isRectified)),
            { [self] dy in
                last.restored(
                    inputGradient(last.moved(dy), x, normalization, isRectified: isRectified))
            }
        )
    }

    /// dx; adds to the gradients of gamma and beta.
    func inputGradient(
        _ dy: consuming Tensor, _ x: Tensor, _ normalization: ChannelNormalization, isRectified: Bool
    ) -> Tensor {
        let gradients = x.normalizationGradients(normalization, dy, isRectified: isRectified)
        accumulate(gradients, of: normalization)
        let all = normalization.exchange?.mean(of: gradients) ?? gradients
        return dy.normalizationInputGradient(normalization, x, all, isRectified: isRectified)
    }

    func accumulate(_ gradients: ChannelGradients, of normalization: ChannelNormalization) {
        if scale { gamma.accumulate(normalization.gammaGradient(gradients)) }
        if center { beta.accumulate(gradients.beta) }
    }

    /// Whether the layer does what the fused forms of it do: the channels are the last axis, without
    /// renormalisation.
    func isPlain(rank: Int) -> Bool { !renorm && (axis == -1 || axis == rank - 1) }

    /// The normalisation of a batch; updates the moving statistics in training.
    ///
    /// - Parameter mask: the steps that count, of all axes but the channels'.
    func normalization(of x: Tensor, _ pass: Pass, mask: Tensor?) -> ChannelNormalization {
        guard pass.isTraining && !isFrozen else { return inferenceNormalization }
        let mask = mask?.shape.rank == x.rank - 1 ? mask?.expandingDimensions(at: -1) : nil
        var batch = mask.map { x.channelStatistics(mask: $0) } ?? x.channelStatistics()
        var exchange: ChannelExchange?
        if let ranks = pass.ranks, synchronized || ranks.synchronizes, ranks.communicator.size > 1 {
            let positions = mask.map { Int($0.sum()) } ?? x.count / max(1, x.shape[x.rank - 1])
            let new = ChannelExchange(
                ranks.communicator, positions: positions, shareOfSamples: ranks.share)
            (batch, exchange) = (new.statistics(of: batch), new)
        }
        let correction = renormStatistics?.correction(of: batch, arguments)
        movingMean.value = movingMean.value * momentum + batch.mean * (1 - momentum)
        if let renormStatistics {
            movingVariance.value = renormStatistics.update(with: batch, arguments)
        } else {
            movingVariance.value = movingVariance.value * momentum + batch.variance * (1 - momentum)
        }
        return normalization(by: batch, correction, exchange)
    }

    /// The normalisation in inference.
    var inferenceNormalization: ChannelNormalization {
        normalization(by: ChannelStatistics(mean: movingMean.value, variance: movingVariance.value))
    }

    private func normalization(
        by statistics: ChannelStatistics, _ correction: RenormCorrection? = nil,
        _ exchange: ChannelExchange? = nil
    ) -> ChannelNormalization {
        ChannelNormalization(
            statistics, epsilon: epsilon, gamma: scale ? gamma.value : nil, beta: center ? beta.value : nil,
            correction: correction, exchange: exchange)
    }

    /// Whether all weights are frozen; without weights, whether the statistics are.
    private var isFrozen: Bool {
        let weights = parameters.filter { !$0.isStatistic }
        return (weights.isEmpty ? parameters : weights).allSatisfy(\.isFrozen)
    }
}
