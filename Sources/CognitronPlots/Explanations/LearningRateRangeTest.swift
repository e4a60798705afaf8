import Cognitron

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// The loss of a model while its learning rate rises: where a good one lies.
///
///     try model.compile(optimizer: SGD(momentum: 0.9), loss: .sparseCategoricalCrossentropy)
///     let test = try LearningRateRangeTest(model, SampleSource(x, y))
///     test.suggestion
///
/// One step is taken with each rate. Afterwards the weights and the optimizer are as before.
///
/// - Source: Smith, "Cyclical Learning Rates for Training Neural Networks" (2017); the smoothing is fastai's.
public struct LearningRateRangeTest: Sendable {
    public let learningRates: [Float]
    /// The loss of each step, before the step.
    public let losses: [Float]
    /// Their exponential mean: mean ← 0.9 · mean + 0.1 · loss, divided by 1 − 0.9ᵏ after k steps.
    public let smoothed: [Float]

    /// The rate where the smoothed loss falls fastest by log(rate), before its minimum and after the first ten
    /// steps, whose means are of few losses; nil where it falls by less than 2 %.
    public var suggestion: Float? {
        guard let lowest = smoothed.indices.min(by: { smoothed[$0] < smoothed[$1] }), lowest > 1,
            smoothed[0] - smoothed[lowest] > 0.02 * abs(smoothed[0])
        else {
            return nil
        }
        func slope(_ step: Int) -> Float { smoothed[step] - smoothed[step - 1] }
        let steps = min(10, lowest)...lowest
        guard let steepest = steps.min(by: { slope($0) < slope($1) }), slope(steepest) < 0 else { return nil }
        return learningRates[steepest]
    }

    /// - Parameters:
    ///   - model: compiled with one optimizer that has no schedule.
    ///   - source: training data of known number.
    ///   - rates: the lowest and highest rate.
    ///   - steps: the number of rates, evenly spaced by their logarithm. The test ends early where the
    ///     smoothed loss is four times the lowest, or not finite.
    ///   - seed: shuffles the data.
    /// - Throws: `CognitronError` where the model is not compiled, the data do not fit, or the arguments are
    ///   invalid.
    public init(
        _ model: Model, _ source: any BatchSource, rates: ClosedRange<Float> = 1e-6...1, steps: Int = 100,
        batchSize: Int = 32, seed: UInt64 = 1
    ) throws {
        guard let optimizer = model.optimizer else {
            throw CognitronError(
                .model, model.name ?? "the model", "is not compiled", advice: "call compile first")
        }
        guard let count = source.sampleCount, count > 0 else {
            throw CognitronError(.data, "source", "has no known number of samples", expected: "at least one")
        }
        guard steps >= 2, batchSize >= 1, rates.lowerBound > 0, rates.upperBound.isFinite else {
            throw CognitronError(
                .argument, "range test", "invalid arguments",
                expected: "rates above 0, at least 2 steps and a batch size of at least 1",
                got: "\(rates), \(steps) steps, batch size \(batchSize)")
        }
        let before = (weights: model.parameters.map(\.value), optimizer: optimizer.saveState())
        var generator = RandomKey(seed: seed).folding("range test").generator()
        let order = (0..<count).shuffled(using: &generator)
        var (learningRates, losses, smoothed) = ([Float](), [Float](), [Float]())
        var mean: Float = 0
        let ratio = log(rates.upperBound / rates.lowerBound)
        // Restored also after an error.
        let result = Result {
            for step in 0..<steps {
                let samples = (0..<min(batchSize, count)).map { order[(step * batchSize + $0) % count] }
                guard let batch = try source.batch(samples, nil) else { break }
                let rate = rates.lowerBound * exp(ratio * Float(step) / Float(steps - 1))
                optimizer.learningRate = rate
                guard let loss = try Self.step(model, batch) else { break }
                mean = 0.9 * mean + 0.1 * loss
                learningRates.append(rate)
                losses.append(loss)
                smoothed.append(mean / (1 - pow(0.9, Float(step + 1))))
                if let last = smoothed.last, let low = smoothed.min(), last > 4 * low { break }
            }
        }
        for (parameter, value) in zip(model.parameters, before.weights) { parameter.value = value }
        try optimizer.restore(before.optimizer)
        try result.get()
        (self.learningRates, self.losses, self.smoothed) = (learningRates, losses, smoothed)
    }

    /// The loss of a step; nil where it is not finite.
    private static func step(_ model: Model, _ batch: Batch) throws -> Float? {
        do {
            return try model.trainOnBatch(batch.inputs, batch.targets).loss
        } catch let error as CognitronError where error.kind == .notFinite {
            return nil
        }
    }
}
