/// Statistics of channels over the samples of several ranks.
struct ChannelExchange: Sendable {
    private let communicator: any Communicator
    /// The share of all positions that this rank has.
    private let share: Float

    /// - Parameter positions: the number of this rank's.
    init(_ communicator: any Communicator, positions: Int) {
        self.communicator = communicator
        share = Float(positions) / max(1, communicator.sum(of: Float(positions)))
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

    /// The gradients by which the input's gradient is corrected, as if this rank's positions were all:
    /// Σ share · gradient, since the loss of a rank counts by its share too.
    func mean(of own: ChannelGradients) -> ChannelGradients {
        var (gamma, beta) = (own.gamma * share, own.beta * share)
        communicator.sum(&gamma)
        communicator.sum(&beta)
        return ChannelGradients(gamma: gamma, beta: beta)
    }
}
