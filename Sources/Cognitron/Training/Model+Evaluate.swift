extension Model {
    /// The loss and metrics over all of the data.
    ///
    /// - Parameter batchSize: samples at a time. The default is larger than Keras's 32, which changes the speed only.
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
        try Self.requirePositive("batchSize", batchSize)
        let data = TrainingData(inputs: x, targets: y, sampleWeight: sampleWeight)
        try data.validate(for: self, try requireCompilation())
        return try measure(data, batchSize: batchSize)
    }

    /// The scores of data that have been validated.
    func measure(_ data: TrainingData, batchSize: Int) throws -> Scores {
        let compilation = try requireCompilation()
        var total = BatchResult()
        let feeder = BatchFeeder(Array(0..<data.count), batchSize: batchSize) { try data.batch($0) }
        for number in 0..<feeder.count {
            total.add(try step(try feeder.batch(number), compilation, .prediction))
        }
        return total.scores(metricNames(compilation))
    }

    /// The model's outputs for all of the data.
    ///
    /// The model need not be compiled. Several threads may predict with one model at once.
    ///
    /// - Parameter batchSize: samples at a time. The default is larger than Keras's 32, which changes the speed only.
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
        try Self.requirePositive("batchSize", batchSize)
        let data = TrainingData(inputs: x, targets: [])
        guard data.count > 0, x.allSatisfy({ $0.sampleCount == data.count }) else {
            throw CognitronError(
                .data, displayName, "there are no data, or inputs differ in their number of samples",
                expected: "at least one sample", got: x.map(\.shape.description).joined(separator: ", "))
        }
        try prepare(for: x.map(\.sampleShape))
        let feeder = BatchFeeder(Array(0..<data.count), batchSize: batchSize) { [data] in try data.batch($0) }
        let graph = predictionGraph()
        var parts: [[Tensor]] = Array(repeating: [], count: outputCount)
        for number in 0..<feeder.count {
            let outputs = graph.forward(try feeder.batch(number).inputs, .prediction).outputs
            for (index, output) in outputs.enumerated() { parts[index].append(output) }
        }
        return parts.map { $0.count == 1 ? $0[0] : Tensor.concatenated($0, axis: 0) }
    }
}
