import CognitronKernels

/// Normalises every channel over the batch, then scales and shifts it.
///
///     output = gamma · (input − mean) / √(variance + epsilon) + beta
///
/// In training, mean and variance are the batch's own and move the moving statistics: `moving = momentum ·
/// moving + (1 − momentum) · batch`. In inference the moving statistics are used. So they are in training
/// once the layer is frozen (`isTrainable = false`, or every weight's own), as in Keras: they then do not
/// move.
///
/// - Input shape: `(N, …, channels)`; output shape: the same.
/// - Parameters: `gamma (channels)` if `scale`, `beta (channels)` if `center`, and the statistics
///   `movingMean`, `movingVariance (channels)`.
/// - Throws: from `build`, a `CognitronError` where the input has no axis or an argument is out of range.
/// - Source: Keras `BatchNormalization` (the variance that moves is the biased one, unlike PyTorch's); Ioffe
///   and Szegedy, "Batch Normalization" (2015).
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

    public func forward(_ input: consuming Tensor, _ pass: Pass) -> (output: Tensor, pullback: Pullback) {
        forward(input, pass, isRectified: false)
    }

    /// The layer and, in the same passes over memory, a ReLU after it.
    func forward(
        _ input: consuming Tensor, _ pass: Pass, isRectified: Bool
    ) -> (output: Tensor, pullback: Pullback) {
        let x = input
        let (rows, channels) = Self.extents(x)
        let normalizer = normalizer(for: x, pass)
        var output = Tensor(uninitialized: x.shape)
        BatchNormalizationKernels.apply(
            x.pointer, rows: rows, channels: channels, by: normalizer.channels, isRectified: isRectified,
            into: output.mutablePointer)
        withExtendedLifetime((x, normalizer)) {}
        return (
            output,
            { [self] outputGradient in
                backward(outputGradient, x, normalizer, gate: isRectified ? normalizer.gate : nil)
            }
        )
    }

    /// The layer, the sum with a residual and a ReLU after it, in the same pass over memory.
    func forward(
        _ input: consuming Tensor, plus residual: consuming Tensor, _ pass: Pass
    ) -> (output: Tensor, pullback: (Tensor) -> (input: Tensor, residual: Tensor)) {
        let x = input
        let (rows, channels) = Self.extents(x)
        let normalizer = normalizer(for: x, pass)
        let output = residual.overwritten { residual, y in
            BatchNormalizationKernels.apply(
                x.pointer, rows: rows, channels: channels, by: normalizer.channels, residual: residual,
                isRectified: true, into: y)
        }
        withExtendedLifetime((x, normalizer)) {}
        return (
            output,
            { [self] outputGradient in
                let gradient = ActivationFunction.reluGradient(outputGradient, output: output)
                return (backward(gradient, x, normalizer), gradient)
            }
        )
    }

    /// The layer, a ReLU where `isRectified`, and max pooling with windows of 2×2 that touch, in the same
    /// passes over memory. The normalised image is never made.
    ///
    /// - Parameter input: (N, H, W, C) with H and W even.
    func forwardPooled(
        _ input: consuming Tensor, _ pass: Pass, isRectified: Bool
    ) -> (output: Tensor, pullback: Pullback) {
        let x = input
        let shape = x.shape
        let pooled = PooledNormalization(images: shape[0], ImageSize(shape[1], shape[2], channels: shape[3]))
        let normalizer = normalizer(for: x, pass)
        var output = Tensor(uninitialized: [shape[0], shape[1] / 2, shape[2] / 2, shape[3]])
        var winners = Tensor(uninitialized: output.shape)
        pooled.forward(
            x.pointer, by: normalizer.channels, isRectified: isRectified, into: output.mutablePointer,
            winners: winners.mutablePointer)
        withExtendedLifetime((x, normalizer)) {}
        return (
            output,
            { [self, winners] outputGradient in
                let gate = isRectified ? normalizer.gate : nil
                let factors = gradientFactors(
                    outputGradient, winners, normalizer, positions: Self.extents(x).rows, gate: gate)
                var inputGradient = Tensor(uninitialized: x.shape)
                pooled.backward(
                    x.pointer, outputGradient.pointer, winners: winners.pointer, gate: gate,
                    by: factors.channels, into: inputGradient.mutablePointer)
                withExtendedLifetime((x, outputGradient, winners, normalizer, factors)) {}
                return inputGradient
            }
        )
    }

    /// What a batch is normalised by: (input − mean) · factor + shift.
    private struct Normalizer {
        let mean: Tensor
        let inverseDeviation: Tensor
        let factor: Tensor
        let shift: Tensor
        /// Whether mean and deviation are those of the batch itself, and so depend on the input.
        let isBatchOwn: Bool

        /// The pointers live as long as this value.
        var channels: BatchNormalizationKernels.Channels { (mean.pointer, factor.pointer, shift.pointer) }
        var gate: BatchNormalizationKernels.Gate { (factor.pointer, shift.pointer) }
    }

    /// What makes the input's gradient of the output's: a · dy + b · (input − mean) + d.
    private struct GradientFactors {
        let mean: Tensor
        let a: Tensor
        let b: Tensor
        let d: Tensor

        /// The pointers live as long as this value.
        var channels: BatchNormalizationKernels.GradientChannels {
            (mean.pointer, a.pointer, b.pointer, d.pointer)
        }
    }

    private func normalizer(for x: Tensor, _ pass: Pass) -> Normalizer {
        let isBatchOwn = pass.isTraining && !isFrozen
        return normalizer(of: isBatchOwn ? batchStatistics(x) : movingStatistics, isBatchOwn: isBatchOwn)
    }

    private func normalizer(
        of statistics: (mean: Tensor, variance: Tensor), isBatchOwn: Bool
    ) -> Normalizer {
        let inverseDeviation = statistics.variance.mapped { 1 / ($0 + epsilon).squareRoot() }
        let factor = scale ? gamma.value * inverseDeviation : inverseDeviation
        return Normalizer(
            mean: statistics.mean, inverseDeviation: inverseDeviation, factor: factor,
            shift: center ? beta.value : .zeros(factor.shape), isBatchOwn: isBatchOwn)
    }

    /// Adds to the weights' gradients and returns the input's.
    ///
    /// - Parameter gate: factor and shift where a ReLU came after.
    private func backward(
        _ outputGradient: consuming Tensor, _ x: Tensor, _ normalizer: Normalizer,
        gate: BatchNormalizationKernels.Gate? = nil
    ) -> Tensor {
        let (rows, channels) = Self.extents(x)
        let factors = gradientFactors(outputGradient, x, normalizer, positions: rows, gate: gate)
        let inputGradient = outputGradient.overwritten { dy, dx in
            BatchNormalizationKernels.backward(
                x.pointer, dy, rows: rows, channels: channels, gate: gate, by: factors.channels, into: dx)
        }
        withExtendedLifetime((x, normalizer, factors)) {}
        return inputGradient
    }

    /// Adds to the weights' gradients, and returns what makes the input's gradient of the output's.
    ///
    /// - Parameters:
    ///   - x: the input where the output has a gradient.
    ///   - positions: how many there are of each channel, with or without one.
    private func gradientFactors(
        _ outputGradient: borrowing Tensor, _ x: Tensor, _ normalizer: Normalizer, positions: Int,
        gate: BatchNormalizationKernels.Gate?
    ) -> GradientFactors {
        let (rows, channels) = Self.extents(x)
        var sumDy = Tensor(uninitialized: [channels])
        var sumDyX = Tensor(uninitialized: [channels])
        BatchNormalizationKernels.gradientSums(
            x.pointer, outputGradient.pointer, rows: rows, channels: channels, gate: gate,
            mean: normalizer.mean.pointer, inverseDeviation: normalizer.inverseDeviation.pointer,
            sumDy: sumDy.mutablePointer, sumDyX: sumDyX.mutablePointer)
        withExtendedLifetime((x, normalizer)) {}
        if scale { gamma.accumulate(sumDyX) }
        if center { beta.accumulate(sumDy) }
        // dx = factor · (dy − Σdy/M − x̂ · Σ(dy·x̂)/M); fixed statistics leave only the first term.
        let share = normalizer.isBatchOwn ? -1 / Float(positions) : 0
        let b = normalizer.factor * normalizer.inverseDeviation * sumDyX * share
        return GradientFactors(
            mean: normalizer.mean, a: normalizer.factor, b: b, d: normalizer.factor * sumDy * share)
    }

    /// Positions, and the channels of each.
    private static func extents(_ x: Tensor) -> (rows: Int, channels: Int) {
        let channels = x.shape[x.rank - 1]
        return (x.count / max(1, channels), channels)
    }

    /// What inference does to every channel: output = input · factor + offset.
    var inferenceFactors: (factor: Tensor, offset: Tensor) {
        let normalizer = normalizer(of: movingStatistics, isBatchOwn: false)
        return (normalizer.factor, normalizer.shift - normalizer.mean * normalizer.factor)
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
    private func batchStatistics(_ x: Tensor) -> (mean: Tensor, variance: Tensor) {
        let (rows, channels) = Self.extents(x)
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
