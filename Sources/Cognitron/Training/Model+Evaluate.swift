extension Model {
    /// The loss and metrics over all of the data.
    ///
    /// - Parameters:
    ///   - batchSize: samples per forward pass. The default is larger than Keras's 32; the results are the
    ///     same.
    ///   - callbacks: called at the start and end of the work and of batches.
    /// - Throws: `CognitronError` where the data do not fit the model or the model is not compiled.
    /// - Source: Keras `Model.evaluate`.
    public func evaluate(
        _ x: any Samples, _ y: any Samples, batchSize: Int = 128, sampleWeight: Tensor? = nil,
        callbacks: [any Callback] = []
    ) throws -> Scores {
        try evaluate([x], [y], batchSize: batchSize, sampleWeight: sampleWeight, callbacks: callbacks)
    }

    /// The loss and metrics of a model with several inputs or outputs.
    ///
    /// - Parameters:
    ///   - y: one target for each output, or only those of the outputs with a loss or metrics.
    ///   - sampleWeight: the weight of each sample or time step, for all outputs.
    public func evaluate(
        _ x: [any Samples], _ y: [any Samples], batchSize: Int = 128, sampleWeight: Tensor? = nil,
        callbacks: [any Callback] = []
    ) throws -> Scores {
        let source = try source(x, y, sampleWeight.map { [$0] } ?? [])
        return try requireTrainer().evaluate(source, batchSize: batchSize, callbacks: callbacks)
    }

    /// The loss and metrics with targets by the outputs' names (`outputNames`).
    ///
    /// - Parameters:
    ///   - y: the targets of the outputs with a loss or metrics. Targets of other outputs are not read.
    ///   - sampleWeights: the weight of each sample or time step, for each output; 1 by default.
    public func evaluate(
        _ x: [any Samples], _ y: [String: any Samples], batchSize: Int = 128,
        sampleWeights: [String: Tensor] = [:], callbacks: [any Callback] = []
    ) throws -> Scores {
        let step = try requireSupervisedStep()
        let source = try source(x, try step.ordered(y, self), try step.ordered(sampleWeights, self))
        return try requireTrainer().evaluate(source, batchSize: batchSize, callbacks: callbacks)
    }

    /// The loss and metrics over the batches of a source.
    ///
    /// - Parameter steps: batches to measure; all by default.
    public func evaluate(
        _ source: any BatchSource, batchSize: Int = 128, steps: Int? = nil, callbacks: [any Callback] = []
    ) throws -> Scores {
        try requireTrainer().evaluate(source, batchSize: batchSize, steps: steps, callbacks: callbacks)
    }

    /// The model's outputs for all of the data.
    ///
    /// The model need not be compiled. Several threads may predict with one model at once.
    ///
    /// - Parameters:
    ///   - batchSize: samples per forward pass. The default is larger than Keras's 32; the results are the
    ///     same.
    ///   - callbacks: called at the start and end of the work and of batches.
    /// - Returns: `(N, …)`.
    /// - Throws: `CognitronError` where the data do not fit the model or are not finite.
    /// - Source: Keras `Model.predict`.
    public func predict(
        _ x: any Samples, batchSize: Int = 128, callbacks: [any Callback] = []
    ) throws -> Tensor {
        guard outputCount == 1 else {
            throw CognitronError(
                .model, displayName, "has \(outputCount) outputs",
                advice: "use predict([…]), which returns them all")
        }
        return try predict([x], batchSize: batchSize, callbacks: callbacks)[0]
    }

    /// The outputs of a model with several inputs or outputs: one tensor for each output.
    public func predict(
        _ x: [any Samples], batchSize: Int = 128, callbacks: [any Callback] = []
    ) throws -> [Tensor] {
        try FitOptions.require("batchSize", batchSize)
        let source = SampleSource(x)
        try source.validate()
        try prepare(for: x.map(\.sampleShape))
        let make: BatchFeeder.Maker = { numbers in
            let batch = try source.batch(numbers, nil)
            try batch?.requireFiniteInputs(numbers)
            if let batch { try self.requireTokens(batch.inputs, numbers) }
            return batch
        }
        for callback in callbacks { try callback.onPredictBegin(self) }
        let outputs = try predict(make, Array(0..<source.count), batchSize: batchSize, callbacks)
        for callback in callbacks { try callback.onPredictEnd(self) }
        return outputs
    }

    private func predict(
        _ make: @escaping BatchFeeder.Maker, _ samples: [Int], batchSize: Int, _ callbacks: [any Callback]
    ) throws -> [Tensor] {
        let graph = predictionGraph()
        func run(_ batch: Batch, number: Int) throws -> [Tensor] {
            for callback in callbacks { try callback.onPredictBatchBegin(number, self) }
            let outputs = graph.forward(batch.inputs, .prediction).outputs
            for callback in callbacks { try callback.onPredictBatchEnd(number, outputs, self) }
            return outputs
        }
        // Making a feeder takes longer than predicting a single small image.
        if samples.count <= batchSize, let batch = try make(samples) { return try run(batch, number: 1) }
        let feeder = BatchFeeder(BatchSamples(samples, batchSize: batchSize), make)
        var parts: [[Tensor]] = Array(repeating: [], count: outputCount)
        var batches = 0
        while let batch = try feeder.next() {
            batches += 1
            for (index, output) in try run(batch, number: batches).enumerated() {
                parts[index].append(output)
            }
        }
        return parts.map { Tensor.concatenated($0, axis: 0) }
    }
}
