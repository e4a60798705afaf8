extension Model {
    /// One optimizer step on one batch; returns its loss and metrics.
    ///
    /// - Throws: `CognitronError` where the data do not fit the model or are not finite, or the loss or its
    ///   gradients are not. The model then is as it was.
    /// - Source: Keras `Model.train_on_batch`.
    @discardableResult
    public func trainOnBatch(_ x: Tensor, _ y: Tensor, sampleWeight: Tensor? = nil) throws -> Scores {
        try stepOnBatch([x], [y], sampleWeight, isTraining: true)
    }

    @discardableResult
    public func trainOnBatch(_ x: [Tensor], _ y: [Tensor], sampleWeight: Tensor? = nil) throws -> Scores {
        try stepOnBatch(x, y, sampleWeight, isTraining: true)
    }

    /// The loss and metrics of one batch, without learning from it.
    public func testOnBatch(_ x: Tensor, _ y: Tensor, sampleWeight: Tensor? = nil) throws -> Scores {
        try stepOnBatch([x], [y], sampleWeight, isTraining: false)
    }

    public func testOnBatch(_ x: [Tensor], _ y: [Tensor], sampleWeight: Tensor? = nil) throws -> Scores {
        try stepOnBatch(x, y, sampleWeight, isTraining: false)
    }

    private func stepOnBatch(
        _ x: [Tensor], _ y: [Tensor], _ sampleWeight: Tensor?, isTraining: Bool
    ) throws -> Scores {
        let (trainer, step) = try requireSupervisedStep()
        let source = try source(x, y, sampleWeight.map { [$0] } ?? [])
        let samples = Array(0..<source.count)
        guard let batch = try source.batch(samples, nil) else { return Scores() }
        try step.validate(batch, samples: samples, trainer)
        guard isTraining else { return try step.scores(of: batch, trainer, isTraining: false) }
        return try trainer.guarded { try step.scores(of: batch, trainer, isTraining: true) }
    }
}
