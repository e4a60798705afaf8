extension Model {
    /// One optimizer step on one batch; returns its loss and metrics.
    ///
    /// - Throws: `CognitronError` where the data do not fit the model, or the data, the loss or a gradient
    ///   are not finite. The model is then unchanged.
    /// - Source: Keras `Model.train_on_batch`.
    @discardableResult
    public func trainOnBatch(_ x: Tensor, _ y: Tensor, sampleWeight: Tensor? = nil) throws -> Scores {
        try stepOnBatch([x], [y], sampleWeight, isTraining: true)
    }

    /// One optimizer step of a model with several inputs or outputs.
    ///
    /// - Parameter y: one target for each output, or only those of the outputs with a loss or metrics.
    @discardableResult
    public func trainOnBatch(_ x: [Tensor], _ y: [Tensor], sampleWeight: Tensor? = nil) throws -> Scores {
        try stepOnBatch(x, y, sampleWeight, isTraining: true)
    }

    /// The loss and metrics of one batch, without a step.
    public func testOnBatch(_ x: Tensor, _ y: Tensor, sampleWeight: Tensor? = nil) throws -> Scores {
        try stepOnBatch([x], [y], sampleWeight, isTraining: false)
    }

    /// The loss and metrics of one batch of a model with several inputs or outputs.
    public func testOnBatch(_ x: [Tensor], _ y: [Tensor], sampleWeight: Tensor? = nil) throws -> Scores {
        try stepOnBatch(x, y, sampleWeight, isTraining: false)
    }

    private func stepOnBatch(
        _ x: [Tensor], _ y: [Tensor], _ sampleWeight: Tensor?, isTraining: Bool
    ) throws -> Scores {
        let trainer = try requireTrainer()
        let source = try source(x, y, sampleWeight.map { [$0] } ?? [])
        let samples = Array(0..<source.count)
        guard let batch = try source.batch(samples, nil) else { throw CognitronError.noBatches }
        try trainer.step.validate(batch, samples: samples, trainer)
        return try trainer.scores(of: batch, isTraining: isTraining)
    }
}
