/// What one batch gave: sums, so that means over an epoch are exact whatever the batches' sizes.
struct BatchResult {
    var samples = 0
    /// Σ loss · samples
    var lossSum = 0.0
    var metricSums: [Double] = []
    var metricCounts: [Int] = []

    mutating func add(_ other: BatchResult) {
        samples += other.samples
        lossSum += other.lossSum
        if metricSums.isEmpty {
            (metricSums, metricCounts) = (other.metricSums, other.metricCounts)
        } else {
            for i in metricSums.indices {
                metricSums[i] += other.metricSums[i]
                metricCounts[i] += other.metricCounts[i]
            }
        }
    }

    func scores(_ names: [String]) -> Scores {
        var scores = Scores()
        scores["loss"] = Float(lossSum / Double(max(1, samples)))
        for (name, (sum, count)) in zip(names, zip(metricSums, metricCounts)) {
            scores[name] = Float(sum / Double(max(1, count)))
        }
        return scores
    }
}

/// One batch of data.
struct Batch: Sendable {
    var inputs: [Tensor]
    var targets: [Tensor]
    var weight: Tensor?
    var count: Int { inputs.first?.shape.first ?? 0 }
}

/// What a forward pass in training changes in a model: its statistics and how far its random numbers have been drawn.
private struct GatheredState {
    private let statistics: [(parameter: Parameter, value: Tensor)]
    private let streams: [(stream: RandomStream, state: RandomStream.State)]

    init(of model: Model) {
        statistics = model.parameters.filter(\.isStatistic).map { ($0, $0.value) }
        streams = model.randomStreams.map { ($0, $0.current) }
    }

    func restore() {
        for (parameter, value) in statistics { parameter.value = value }
        for (stream, state) in streams { stream.current = state }
    }
}

extension Model {
    /// The names of the metrics: of a model with several outputs, with the output's number before each.
    func metricNames(_ compilation: Compilation) -> [String] {
        compilation.losses.indices.flatMap { output in
            compilation.metrics.map { outputCount == 1 ? $0.name : "output_\(output)_\($0.name)" }
        }
    }

    /// One batch forward and, while training, backward and one step of the optimizer. Where the loss, a gradient or a
    /// statistic is not finite, the model stays as it was.
    func step(_ batch: Batch, _ compilation: Compilation, _ phase: Phase) throws -> BatchResult {
        guard phase.isTraining else { return try run(batch, compilation, phase).result }
        let before = GatheredState(of: self)
        profile?.lap(.check)
        do {
            let (result, gradients, pullback) = try run(batch, compilation, phase.needingInputGradient(false))
            _ = pullback(gradients)
            try requireFiniteChange()
            profile?.lap(.check)
            compilation.optimizer.step(parameters)
            profile?.lap(.optimizer)
            return result
        } catch {
            before.restore()
            throw error
        }
    }

    /// One batch forward: what it gives, and the gradients of the losses with what takes them back.
    private func run(
        _ batch: Batch, _ compilation: Compilation, _ phase: Phase
    ) throws -> (result: BatchResult, gradients: [Tensor], pullback: MultiPullback) {
        let fused = fusedOutputs(compilation.losses)
        let graph = phase.needsPullback ? running : predictionGraph()
        let (outputs, pullback) = graph.forward(
            batch.inputs, phase, linearOutputs: fused, profile: phase.isTraining ? profile : nil)
        var result = BatchResult(samples: batch.count)
        var gradients: [Tensor] = []
        for (index, loss) in compilation.losses.enumerated() {
            var (value, gradient) = loss.evaluate(
                outputs[index], batch.targets[index], batch.weight, fusedWithActivation: fused.contains(index)
            )
            let weight = compilation.lossWeights[index]
            if weight != 1 { gradient *= weight }
            value *= weight
            guard value.isFinite else { throw Self.notFinite(loss.name, "the loss is \(value.text)", phase) }
            result.lossSum += Double(value) * Double(batch.count)
            gradients.append(gradient)
            measure(outputs[index], batch.targets[index], loss, fused.contains(index), compilation, &result)
        }
        if phase.isTraining { profile?.lap(.loss) }
        return (result, gradients, pullback)
    }

    /// Throws, and forgets the gradients, where a gradient or a statistic that the step gathered is not finite: a loss
    /// can be finite and its gradient not.
    private func requireFiniteChange() throws {
        let parameters = parameters
        guard
            let wrong = parameters.first(where: {
                $0.isStatistic ? !$0.value.isFinite : !$0.hasFiniteGradient
            })
        else { return }
        for parameter in parameters { parameter.clearGradient() }
        throw Self.notFinite(
            wrong.name, "\(wrong.isStatistic ? "the statistic" : "the gradient") is not finite", .training)
    }

    private func measure(
        _ output: Tensor, _ target: Tensor, _ loss: Loss, _ isFused: Bool, _ compilation: Compilation,
        _ result: inout BatchResult
    ) {
        guard !compilation.metrics.isEmpty else { return }
        let prediction = isFused ? loss.fused?.activation(output) ?? output : output
        for metric in compilation.metrics {
            let (sum, count) = metric.measure(prediction, target)
            result.metricSums.append(sum)
            result.metricCounts.append(count)
        }
    }

    private static func notFinite(_ place: String, _ problem: String, _ phase: Phase) -> CognitronError {
        CognitronError(
            .notFinite, place, problem, expected: "finite numbers",
            advice: phase.isTraining
                ? "the step was not taken; lower the learning rate, or check the data for extreme values"
                : "the weights or the data hold extreme values")
    }

    /// One optimizer step on one batch; returns its loss and metrics.
    ///
    /// - Throws: `CognitronError` where the data do not fit the model or are not finite, or the loss or its gradients are
    ///   not. The model then is as it was.
    @discardableResult
    public func trainOnBatch(_ x: Tensor, _ y: Tensor, sampleWeight: Tensor? = nil) throws -> Scores {
        try stepOnBatch([x], [y], sampleWeight, .training)
    }

    @discardableResult
    public func trainOnBatch(_ x: [Tensor], _ y: [Tensor], sampleWeight: Tensor? = nil) throws -> Scores {
        try stepOnBatch(x, y, sampleWeight, .training)
    }

    /// The loss and metrics of one batch, without learning from it.
    public func testOnBatch(_ x: Tensor, _ y: Tensor, sampleWeight: Tensor? = nil) throws -> Scores {
        try stepOnBatch([x], [y], sampleWeight, .prediction)
    }

    public func testOnBatch(_ x: [Tensor], _ y: [Tensor], sampleWeight: Tensor? = nil) throws -> Scores {
        try stepOnBatch(x, y, sampleWeight, .prediction)
    }

    private func stepOnBatch(
        _ x: [Tensor], _ y: [Tensor], _ sampleWeight: Tensor?, _ phase: Phase
    ) throws -> Scores {
        let compilation = try requireCompilation()
        let data = TrainingData(inputs: x, targets: y, sampleWeight: sampleWeight)
        try data.validate(for: self, compilation)
        let batch = try data.batch(Array(0..<data.count)[...])
        return try step(batch, compilation, phase).scores(metricNames(compilation))
    }
}
