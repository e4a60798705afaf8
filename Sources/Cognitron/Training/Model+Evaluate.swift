extension Model {
    /// The loss and metrics over all of the data.
    ///
    /// - Parameter batchSize: samples at a time. The default is larger than Keras's 32, which changes the
    ///   speed only.
    /// - Throws: `CognitronError` where the data do not fit the model or the model is not compiled.
    /// - Source: Keras `Model.evaluate`.
    public func evaluate(
        _ x: any Samples, _ y: any Samples, batchSize: Int = 128, sampleWeight: Tensor? = nil
    ) throws -> Scores {
        try evaluate([x], [y], batchSize: batchSize, sampleWeight: sampleWeight)
    }

    public func evaluate(
        _ x: [any Samples], _ y: [any Samples], batchSize: Int = 128, sampleWeight: Tensor? = nil
    ) throws -> Scores {
        let trainer = try requireTrainer()
        return try trainer.evaluate(
            try source(x, y, sampleWeight.map { [$0] } ?? []), batchSize: batchSize)
    }

    /// The loss and metrics over all that a source gives.
    public func evaluate(_ source: any BatchSource, batchSize: Int = 128, steps: Int? = nil) throws -> Scores
    {
        try requireTrainer().evaluate(source, batchSize: batchSize, steps: steps)
    }

    /// The model's outputs for all of the data.
    ///
    /// The model need not be compiled. Several threads may predict with one model at once.
    ///
    /// - Parameter batchSize: samples at a time. The default is larger than Keras's 32, which changes the
    ///   speed only.
    /// - Returns: `(N, …)`.
    /// - Throws: `CognitronError` where the data do not fit the model or are not finite.
    /// - Source: Keras `Model.predict`.
    public func predict(_ x: any Samples, batchSize: Int = 128) throws -> Tensor {
        guard outputCount == 1 else {
            throw CognitronError(
                .model, displayName, "has \(outputCount) outputs",
                advice: "use predict([…]), which returns them all")
        }
        return try predict([x], batchSize: batchSize)[0]
    }

    /// The outputs of a model with several inputs or outputs: one tensor for each output.
    public func predict(_ x: [any Samples], batchSize: Int = 128) throws -> [Tensor] {
        try FitOptions.require("batchSize", batchSize)
        let source = SampleSource(x)
        try source.validate()
        try prepare(for: x.map(\.sampleShape))
        let make: BatchFeeder.Maker = { numbers in
            let batch = try source.batch(numbers, nil)
            try batch?.requireFiniteInputs(numbers)
            return batch
        }
        let graph = predictionGraph()
        let samples = Array(0..<source.count)
        // A single small picture is predicted in less time than a feeder takes to be made.
        if samples.count <= batchSize, let batch = try make(samples) {
            return graph.forward(batch.inputs, .prediction).outputs
        }
        let feeder = BatchFeeder(BatchSamples(samples, batchSize: batchSize), make)
        var parts: [[Tensor]] = Array(repeating: [], count: outputCount)
        while let batch = try feeder.next() {
            let outputs = graph.forward(batch.inputs, .prediction).outputs
            for (index, output) in outputs.enumerated() { parts[index].append(output) }
        }
        return parts.map { Tensor.concatenated($0, axis: 0) }
    }
}
