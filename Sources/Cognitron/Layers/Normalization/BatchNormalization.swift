import CognitronKernels

/// Normalises every channel over the batch, then scales and shifts it.
///
///     output = gamma · (input − mean) / √(variance + epsilon) + beta
///
/// In training, mean and variance are the batch's own and move the moving statistics:
/// `moving = momentum · moving + (1 − momentum) · batch`. In inference the moving statistics are used. So they are in
/// training once the layer is frozen (`isTrainable = false`, or every weight's own), as in Keras: they then do not move.
///
/// - Input shape: `(N, …, channels)`; output shape: the same.
/// - Parameters: `gamma (channels)` if `scale`, `beta (channels)` if `center`, and the statistics `movingMean`,
///   `movingVariance (channels)`.
/// - Throws: from `build`, a `CognitronError` where the input has no axis or an argument is out of range.
/// - Source: Keras `BatchNormalization` (the variance that moves is the biased one, unlike PyTorch's); Ioffe and
///   Szegedy, "Batch Normalization" (2015).
public final class BatchNormalization: Layer, Codable {
    public let momentum: Float
    public let epsilon: Float
    public let center: Bool
    public let scale: Bool
    public let name: String?

    public let gamma = Parameter()
    public let beta = Parameter()
    public let movingMean = Parameter()
    public let movingVariance = Parameter()
    public var parameters: [Parameter] {
        (scale ? [gamma] : []) + (center ? [beta] : []) + [movingMean, movingVariance]
    }

    private enum CodingKeys: CodingKey { case momentum, epsilon, center, scale, name }

    /// - Parameters:
    ///   - momentum: the share of the moving statistics that a step keeps, from 0 to 1.
    ///   - epsilon: what is added to the variance, so that nothing is divided by zero; above 0.
    ///   - center: whether `beta` is added.
    ///   - scale: whether the result is multiplied by `gamma`.
    ///   - name: what messages, summaries and files call the layer; by default they number its type.
    public init(
        momentum: Float = 0.99, epsilon: Float = 1e-3, center: Bool = true, scale: Bool = true,
        name: String? = nil
    ) {
        self.momentum = momentum
        self.epsilon = epsilon
        self.center = center
        self.scale = scale
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
        if scale { try context.declare(gamma, "gamma", [channels], .ones) }
        if center { try context.declare(beta, "beta", [channels], .zeros) }
        try context.declare(movingMean, "moving_mean", [channels], .zeros, isStatistic: true)
        try context.declare(movingVariance, "moving_variance", [channels], .ones, isStatistic: true)
        return input
    }

    public func forward(_ input: consuming Tensor, _ phase: Phase) -> (output: Tensor, pullback: Pullback) {
        let x = input
        let channels = x.shape[x.rank - 1]
        let rows = x.count / max(1, channels)
        let isBatchOwn = phase.isTraining && !isFrozen
        let statistics = isBatchOwn ? batchStatistics(x, rows, channels) : movingStatistics
        let inverseDeviation = statistics.variance.mapped { 1 / ($0 + epsilon).squareRoot() }
        let factor = scale ? gamma.value * inverseDeviation : inverseDeviation
        let offset = (center ? beta.value : Tensor.zeros([channels])) - statistics.mean * factor
        var output = Tensor(uninitialized: x.shape)
        BatchNormalizationKernels.apply(
            x.pointer, rows: rows, channels: channels, scale: factor.pointer, shift: offset.pointer,
            into: output.mutablePointer)
        withExtendedLifetime((x, factor, offset)) {}
        return (
            output,
            { [self] outputGradient in
                var sumDy = Tensor(uninitialized: [channels])
                var sumDyX = Tensor(uninitialized: [channels])
                BatchNormalizationKernels.gradientSums(
                    x.pointer, outputGradient.pointer, rows: rows, channels: channels,
                    mean: statistics.mean.pointer,
                    inverseDeviation: inverseDeviation.pointer, sumDy: sumDy.mutablePointer,
                    sumDyX: sumDyX.mutablePointer)
                withExtendedLifetime((x, outputGradient, statistics, inverseDeviation)) {}
                if scale { gamma.accumulate(sumDyX) }
                if center { beta.accumulate(sumDy) }
                // dx = factor · (dy − Σdy/M − x̂ · Σ(dy·x̂)/M); fixed statistics leave only the first term.
                let share = isBatchOwn ? -1 / Float(rows) : 0
                let b = factor * inverseDeviation * sumDyX * share
                let d = factor * sumDy * share - b * statistics.mean
                return outputGradient.overwritten { dy, dx in
                    BatchNormalizationKernels.backward(
                        x.pointer, dy, rows: rows, channels: channels, a: factor.pointer, b: b.pointer,
                        d: d.pointer,
                        into: dx)
                    withExtendedLifetime((x, statistics, inverseDeviation, factor, b, d)) {}
                }
            }
        )
    }

    /// Whether no weight is to be trained; where there are none, whether the statistics are frozen.
    private var isFrozen: Bool {
        let weights = parameters.filter { !$0.isStatistic }
        return (weights.isEmpty ? parameters : weights).allSatisfy(\.isFrozen)
    }

    private var movingStatistics: (mean: Tensor, variance: Tensor) {
        (movingMean.value, movingVariance.value)
    }

    /// The batch's mean and variance; moves the moving ones.
    private func batchStatistics(_ x: Tensor, _ rows: Int, _ channels: Int) -> (
        mean: Tensor, variance: Tensor
    ) {
        var mean = Tensor(uninitialized: [channels])
        var variance = Tensor(uninitialized: [channels])
        BatchNormalizationKernels.statistics(
            x.pointer, rows: rows, channels: channels, mean: mean.mutablePointer,
            variance: variance.mutablePointer)
        withExtendedLifetime(x) {}
        movingMean.value = movingMean.value * momentum + mean * (1 - momentum)
        movingVariance.value = movingVariance.value * momentum + variance * (1 - momentum)
        return (mean, variance)
    }
}
