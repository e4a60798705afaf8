/// Statistics of channels over the samples of several ranks.
struct ChannelExchange: Sendable {
    private let communicator: any Communicator
    /// The share of all positions, and of all samples, that this rank has: they differ where masks leave out
    /// positions.
    private let share: Float
    private let shareOfSamples: Float

    /// - Parameter positions: the number of this rank's.
    init(_ communicator: any Communicator, positions: Int, shareOfSamples: Float) {
        self.communicator = communicator
        self.shareOfSamples = shareOfSamples
        let own = shareOfSamples > 0 ? Float(positions) : 0
        share = own / max(1, communicator.sum(of: own))
    }

    /// The mean and variance over all ranks, from those of this one.
    ///
    ///     mean = Σ share · mean_r,    variance = Σ share · (variance_r + (mean_r − mean)²)
    ///
    /// In two sums: Σ x² − mean² in one would lose the variance where the mean is large.
    func statistics(of own: ChannelStatistics) -> ChannelStatistics {
        var mean = own.mean * share
        communicator.sum(&mean)
        let deviation = own.mean - mean
        var variance = (own.variance + deviation * deviation) * share
        communicator.sum(&variance)
        return ChannelStatistics(
            mean: mean, variance: variance, remainder: Tensor.zeros(mean.shape), mask: own.mask)
    }

    /// The gradients by which the input's gradient is corrected, as if this rank's positions were all: the
    /// loss of a rank counts by its share of the samples.
    ///
    ///     share / shareOfSamples · Σ shareOfSamples_r · gradient_r
    func mean(of own: ChannelGradients) -> ChannelGradients {
        var (gamma, beta) = (own.gamma * shareOfSamples, own.beta * shareOfSamples)
        communicator.sum(&gamma)
        communicator.sum(&beta)
        let factor = shareOfSamples > 0 ? share / shareOfSamples : 0
        (gamma, beta) = (gamma * factor, beta * factor)
        return ChannelGradients(gamma: gamma, beta: beta)
    }
}
