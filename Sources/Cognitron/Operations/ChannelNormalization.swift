import CognitronKernels

/// The mean and the biased variance of every channel.
struct ChannelStatistics {
    let mean: Tensor
    let variance: Tensor
    /// What rounding to `Float` took from a batch's own mean; nil for fixed statistics, which are exact and
    /// do not depend on x.
    var remainder: Tensor?
    /// The positions that the batch's own statistics are of, (…, 1) with 1 and 0; nil for all.
    var mask: Tensor?
}

/// What batch renormalisation makes of the normalised x̂: x̂ · r + d.
struct RenormCorrection {
    let r: Tensor
    let d: Tensor
}

/// The normalisation of every channel:
///
///     y = (x − mean) · factor + shift,    factor = γ / √(variance + ε),    shift = β − remainder · factor
///
/// with γ · r for γ and β + γ · d for β where there is a correction.
///
/// Subtracting the mean first keeps precision where it is large; the shift brings back what its rounding
/// lost.
struct ChannelNormalization {
    fileprivate let mean: Tensor
    fileprivate let remainder: Tensor?
    fileprivate let mask: Tensor?
    private let correction: RenormCorrection?
    fileprivate let inverseDeviation: Tensor
    fileprivate let factor: Tensor
    fileprivate let shift: Tensor
    /// The ranks whose samples the statistics are of as well; nil where they are of this process's alone.
    let exchange: ChannelExchange?

    init(
        _ statistics: ChannelStatistics, epsilon: Float, gamma: Tensor?, beta: Tensor?,
        correction: RenormCorrection? = nil, exchange: ChannelExchange? = nil
    ) {
        self.exchange = exchange
        let inverseDeviation = statistics.variance.mapped { 1 / ($0 + epsilon).squareRoot() }
        var factor = gamma.map { $0 * inverseDeviation } ?? inverseDeviation
        var shift = beta ?? .zeros(factor.shape)
        if let correction {
            factor *= correction.r
            shift += gamma.map { $0 * correction.d } ?? correction.d
        }
        self.correction = correction
        (mean, remainder, mask) = (statistics.mean, statistics.remainder, statistics.mask)
        (self.inverseDeviation, self.factor) = (inverseDeviation, factor)
        self.shift = statistics.remainder.map { shift - $0 * factor } ?? shift
    }

    /// The gradient of γ: Σ dy · (x̂ · r + d).
    func gammaGradient(_ gradients: ChannelGradients) -> Tensor {
        guard let correction else { return gradients.gamma }
        return gradients.gamma * correction.r + gradients.beta * correction.d
    }

    /// The same as x · factor + offset.
    var affine: (factor: Tensor, offset: Tensor) { (factor, shift - mean * factor) }

    /// The pointers live as long as this value.
    fileprivate var channels: BatchNormalizationKernels.Channels {
        (mean.pointer, factor.pointer, shift.pointer)
    }

    /// The gate of a ReLU after it. The pointers live as long as this value.
    fileprivate func gate(isRectified: Bool) -> BatchNormalizationKernels.Gate? {
        isRectified ? (factor.pointer, shift.pointer) : nil
    }

    /// The factors of dx for the gradients of γ and β:
    ///
    ///     dx = factor · (dy − dβ/M − x̂ · dγ/M) = a · dy + b · (x − mean) + d
    ///
    /// Fixed statistics leave the first term only.
    ///
    /// - Parameter positions: M, those of each channel.
    fileprivate func inputGradientFactors(
        _ gradients: ChannelGradients, positions: Int
    ) -> InputGradientFactors {
        guard let remainder else { return fixedGradientFactors }
        let share = -1 / Float(positions)
        let b = factor * inverseDeviation * gradients.gamma * share
        return InputGradientFactors(
            mean: mean, a: factor, b: b, d: factor * gradients.beta * share - b * remainder)
    }
}

extension ChannelNormalization {
    /// The factors of dx for statistics that do not depend on x.
    fileprivate var fixedGradientFactors: InputGradientFactors {
        let zero = Tensor.zeros(factor.shape)
        return InputGradientFactors(mean: mean, a: factor, b: zero, d: zero)
    }
}

/// The gradients of γ and β.
struct ChannelGradients {
    /// Σ dy · x̂
    let gamma: Tensor
    /// Σ dy
    let beta: Tensor
}

/// dx = a · dy + b · (x − mean) + d
fileprivate struct InputGradientFactors {
    let mean: Tensor
    let a: Tensor
    let b: Tensor
    let d: Tensor

    /// The pointers live as long as this value.
    var channels: BatchNormalizationKernels.GradientChannels {
        (mean.pointer, a.pointer, b.pointer, d.pointer)
    }
}

// x, y: (…, C).
extension Tensor {
    /// The statistics of every channel over the positions that count, zeros where none does.
    ///
    /// - Parameter mask: as of the statistics.
    func channelStatistics(mask: Tensor) -> ChannelStatistics {
        let (rows, channels) = matrixSize
        let counting = mask.scalars.enumerated().filter { $0.element != 0 }.map(\.offset)
        guard !counting.isEmpty else {
            let zero = Tensor.zeros([channels])
            return ChannelStatistics(mean: zero, variance: zero, remainder: zero, mask: mask)
        }
        var statistics = reshaped([rows, channels]).gathering(counting, axis: 0).channelStatistics()
        statistics.mask = mask
        return statistics
    }

    /// The statistics of every channel over all other axes.
    func channelStatistics() -> ChannelStatistics {
        let (rows, channels) = matrixSize
        var mean = Tensor(uninitialized: [channels])
        var remainder = Tensor(uninitialized: [channels])
        var variance = Tensor(uninitialized: [channels])
        BatchNormalizationKernels.statistics(
            pointer, rows: rows, channels: channels, mean: mean.mutablePointer,
            remainder: remainder.mutablePointer, variance: variance.mutablePointer)
        withExtendedLifetime(self) {}
        return ChannelStatistics(mean: mean, variance: variance, remainder: remainder)
    }

    /// y = (x − mean) · factor + shift, or max(0, y) in the same pass over memory, with self as x.
    func normalized(by n: ChannelNormalization, isRectified: Bool = false) -> Tensor {
        let (rows, channels) = matrixSize
        var y = Tensor(uninitialized: shape)
        BatchNormalizationKernels.apply(
            pointer, rows: rows, channels: channels, by: n.channels, isRectified: isRectified,
            into: y.mutablePointer)
        withExtendedLifetime((self, n)) {}
        return y
    }

    /// y = max(0, (x − mean) · factor + shift + residual) in one pass over memory, with self as x; in place
    /// of the residual where that is not shared.
    func normalizedAndRectified(
        by n: ChannelNormalization, plus residual: consuming Tensor
    ) -> Tensor {
        let (rows, channels) = matrixSize
        let y = residual.overwritten { residual, y in
            BatchNormalizationKernels.apply(
                pointer, rows: rows, channels: channels, by: n.channels, residual: residual,
                isRectified: true, into: y)
        }
        withExtendedLifetime((self, n)) {}
        return y
    }

    /// The gradients of γ and β, with self as x.
    ///
    /// - Parameters:
    ///   - x: where dy has elements; `normalizedAndPooled` selects them.
    ///   - isRectified: whether dy is that of a ReLU after the normalisation.
    func normalizationGradients(
        _ n: ChannelNormalization, _ dy: borrowing Tensor, isRectified: Bool
    ) -> ChannelGradients {
        let (rows, channels) = matrixSize
        var gamma = Tensor(uninitialized: [channels])
        var beta = Tensor(uninitialized: [channels])
        BatchNormalizationKernels.gradientSums(
            pointer, dy.pointer, rows: rows, channels: channels, gate: n.gate(isRectified: isRectified),
            mean: n.mean.pointer, remainder: n.remainder?.pointer,
            inverseDeviation: n.inverseDeviation.pointer, sumDy: beta.mutablePointer,
            sumDyX: gamma.mutablePointer)
        withExtendedLifetime((self, n)) {}
        return ChannelGradients(gamma: gamma, beta: beta)
    }

    /// dx of `normalized`, with self as dy; in place where the storage is not shared.
    consuming func normalizationInputGradient(
        _ n: ChannelNormalization, _ x: Tensor, _ gradients: ChannelGradients, isRectified: Bool
    ) -> Tensor {
        guard let mask = n.mask else {
            let factors = n.inputGradientFactors(gradients, positions: x.matrixSize.rows)
            return normalizationInputGradient(n, x, factors, isRectified: isRectified)
        }
        let dy = self
        // Through the statistics go gradients of the positions that count only.
        let fixed = n.fixedGradientFactors
        let direct = dy.normalizationInputGradient(n, x, fixed, isRectified: isRectified)
        let all = n.inputGradientFactors(gradients, positions: Swift.max(1, Int(mask.sum())))
        let full = dy.normalizationInputGradient(n, x, all, isRectified: isRectified)
        return direct + (full - direct) * mask
    }

    /// dx = a · dy + b · (x − mean) + d, with self as dy; in place where the storage is not shared.
    private consuming func normalizationInputGradient(
        _ n: ChannelNormalization, _ x: Tensor, _ factors: InputGradientFactors, isRectified: Bool
    ) -> Tensor {
        let (rows, channels) = x.matrixSize
        let dx = overwritten { dy, dx in
            BatchNormalizationKernels.backward(
                x.pointer, dy, rows: rows, channels: channels, gate: n.gate(isRectified: isRectified),
                by: factors.channels, into: dx)
        }
        withExtendedLifetime((x, n, factors)) {}
        return dx
    }

    /// The number of positions, all leading axes together, and of channels.
    fileprivate var matrixSize: (rows: Int, channels: Int) {
        let channels = shape[rank - 1]
        return (count / Swift.max(1, channels), channels)
    }
}

// With max pooling of 2×2 pixels after it. x: (N, H, W, C) with an even H and W, y: (N, H / 2, W / 2, C).
extension Tensor {
    /// y = the maximum of each 2×2 pixels of `normalized`, without storing these, and the x at each maximum;
    /// self is x.
    func normalizedAndMaxPooled(
        by n: ChannelNormalization, isRectified: Bool
    ) -> (y: Tensor, selected: Tensor) {
        var y = Tensor(uninitialized: [shape[0], shape[1] / 2, shape[2] / 2, shape[3]])
        var selected = Tensor(uninitialized: y.shape)
        PooledNormalization(shape).forward(
            pointer, by: n.channels, isRectified: isRectified, into: y.mutablePointer,
            selected: selected.mutablePointer)
        withExtendedLifetime((self, n)) {}
        return (y, selected)
    }

    /// dx of `normalizedAndMaxPooled`, with self as dy.
    ///
    /// - Parameter gradients: those of `selected`.
    func pooledNormalizationInputGradient(
        _ n: ChannelNormalization, _ x: Tensor, _ selected: Tensor, _ gradients: ChannelGradients,
        isRectified: Bool
    ) -> Tensor {
        let factors = n.inputGradientFactors(gradients, positions: x.matrixSize.rows)
        var dx = Tensor(uninitialized: x.shape)
        PooledNormalization(x.shape).backward(
            x.pointer, pointer, selected: selected.pointer, gate: n.gate(isRectified: isRectified),
            by: factors.channels, into: dx.mutablePointer)
        withExtendedLifetime((self, x, selected, n, factors)) {}
        return dx
    }
}

extension PooledNormalization {
    /// - Parameter input: `(N, H, W, C)`.
    fileprivate init(_ input: Shape) {
        self.init(images: input[0], ImageSize(input[1], input[2], channels: input[3]))
    }
}
