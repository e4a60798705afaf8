import Cognitron

extension Model {
    /// Adapts a `Normalization` layer at the network's input to the samples, and an inverted one at its
    /// output to their targets; nothing where there are none.
    ///
    /// Statistics are of all samples up to 64 million numbers, else of a share taken at equal distances.
    ///
    /// - Throws: `CognitronError` where the samples cannot be read, or are not finite.
    public func adaptNormalization(to source: any BatchSource) throws {
        let layers = layers.filter { !($0 is Input) }
        let first = (layers.first as? Normalization).flatMap { $0.invert ? nil : $0 }
        let last = targetNormalization
        guard first != nil || last != nil, let count = source.sampleCount, count > 0 else { return }
        let size = (inputShape ?? []).elementCount
        let wanted = min(count, max(1, Self.mostNumbers / max(1, size)))
        let samples = (0..<wanted).map { $0 * count / wanted }
        guard let batch = try source.batch(samples, nil) else { return }
        if let first, let input = batch.inputs.first { try first.adaptKeepingConstants(to: input) }
        if let last, let target = batch.targets.first { try last.adaptKeepingConstants(to: target) }
    }

    private static let mostNumbers = 64 << 20

    /// The inverted normalisation at the network's output.
    private var targetNormalization: Normalization? {
        (layers.last as? Normalization).flatMap { $0.invert ? $0 : nil }
    }

    /// The variance of the training targets, as `adaptNormalization` has measured it.
    var targetVariance: Tensor? { targetNormalization.map(\.variance.value) }
}

extension Normalization {
    /// Adapts to the data, and leaves numbers alone that are always the same: divided by rounding errors they
    /// would be noise.
    fileprivate func adaptKeepingConstants(to data: Tensor) throws {
        try adapt(data)
        variance.value = Tensor(
            zip(variance.value.scalars, mean.value.scalars).map { variance, mean in
                variance > 1e-12 * mean * mean ? variance : 1
            }, shape: variance.value.shape)
    }
}
