/// What the forward pass of a step writes beside gradients, as moving means: the ranks' values are averaged
/// after the step, so that all have the same.
///
/// Averages of differences rather than of values: what has not changed keeps its bits.
struct SharedStatistics {
    private let before: [(parameter: Parameter, value: Tensor)]
    private let count: Int

    /// The statistics as they are before a step.
    init(of networks: Named<Model>) {
        before = networks.flatMap { $0.value.parts.parameters }.untied
            .filter { $0.isStatistic || $0.isWrittenByLayer }.map { ($0, $0.value) }
        count = before.reduce(0) { $0 + $1.value.count }
    }

    var isEmpty: Bool { before.isEmpty }

    /// `share` times what the step has changed, in a row; the statistics have their old values afterwards.
    func differences(share: Float) -> SumBuffer {
        let buffer = SumBuffer(count: count)
        var start = 0
        for (parameter, value) in before {
            buffer.set(parameter.value - value, at: start, factor: share)
            parameter.value = value
            start += value.count
        }
        return buffer
    }

    /// Adds the sums of all differences to the old values.
    func set(_ sums: SumBuffer) {
        var start = 0
        for (parameter, value) in before {
            parameter.value = value + sums.tensor(value.shape, at: start)
            start += value.count
        }
    }

    /// Averages over ranks.
    ///
    /// - Parameter share: that of the batch which this rank has computed.
    func average(over communicator: any Communicator, share: Float) {
        guard !isEmpty else { return }
        let buffer = differences(share: share)
        communicator.beginSum(buffer).wait()
        set(buffer)
    }
}
