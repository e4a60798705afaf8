extension Model {
    /// Trains the model.
    ///
    /// - Parameters:
    ///   - x: the inputs: a tensor `(N, …)` or other `Samples`.
    ///   - y: the targets, as the loss wants them.
    ///   - batchSize: samples a step; the last batch of an epoch may be smaller, and counts accordingly.
    ///   - epochs: the number of the last epoch: passes over the data, those that `initialEpoch` leaves out
    ///     included.
    ///   - validationData: inputs and targets to measure after every epoch.
    ///   - validationSplit: the share of the data, taken from its end before shuffling, to measure instead of
    ///     train on.
    ///   - shuffle: whether every epoch takes the samples in another order.
    ///   - sampleWeight: how much each sample `(N)` or each time step `(N, T)` counts.
    ///   - classWeight: how much the samples of a class count; 1 for those not named.
    ///   - initialEpoch: epochs that count as done, so that a training that goes on numbers its epochs from
    ///     there.
    ///   - stepsPerEpoch: batches an epoch; all of the data by default.
    ///   - validationSteps: batches of the validation data to measure; all by default.
    ///   - validationFrequency: epochs from one measurement of the validation data to the next.
    ///   - makers: threads that make batches beside the step.
    ///   - callbacks: what watches the training.
    ///   - verbose: what is printed.
    ///   - resumeFrom: the folder of the checkpoints (`BackupAndRestore`) to go on from; where there is none
    ///     yet, training starts from the beginning.
    /// - Returns: the scores of every epoch.
    /// - Throws: `CognitronError` where the data do not fit the model, a label is not a class, a number is
    ///   not finite, or the loss or a gradient becomes so; the failed step then changed nothing in the model.
    ///   Callbacks see the end of the training in any case: early stopping brings its best weights back also
    ///   after an error.
    /// - Source: Keras `Model.fit`.
    @discardableResult
    public func fit(
        _ x: any Samples, _ y: any Samples, batchSize: Int = 32, epochs: Int = 1,
        validationData: (any Samples, any Samples)? = nil, validationSplit: Double? = nil,
        shuffle: Bool = true, sampleWeight: Tensor? = nil, classWeight: [Int: Float]? = nil,
        initialEpoch: Int = 0, stepsPerEpoch: Int? = nil, validationSteps: Int? = nil,
        validationFrequency: Int = 1, makers: Int = 1, callbacks: [any Callback] = [],
        verbose: Verbosity = .automatic, resumeFrom: String? = nil
    ) throws -> History {
        try fit(
            [x], [y], batchSize: batchSize, epochs: epochs,
            validationData: validationData.map { ([$0.0], [$0.1]) }, validationSplit: validationSplit,
            shuffle: shuffle, sampleWeights: sampleWeight.map { [$0] } ?? [], classWeight: classWeight,
            initialEpoch: initialEpoch, stepsPerEpoch: stepsPerEpoch, validationSteps: validationSteps,
            validationFrequency: validationFrequency, makers: makers, callbacks: callbacks, verbose: verbose,
            resumeFrom: resumeFrom)
    }

    /// Trains a model with several inputs or outputs: one array of samples for each.
    ///
    /// - Parameter sampleWeights: how much each sample or time step counts, for each output; one alone is for
    ///   all.
    @discardableResult
    public func fit(
        _ x: [any Samples], _ y: [any Samples], batchSize: Int = 32, epochs: Int = 1,
        validationData: ([any Samples], [any Samples])? = nil, validationSplit: Double? = nil,
        shuffle: Bool = true, sampleWeights: [Tensor?] = [], classWeight: [Int: Float]? = nil,
        initialEpoch: Int = 0, stepsPerEpoch: Int? = nil, validationSteps: Int? = nil,
        validationFrequency: Int = 1, makers: Int = 1, callbacks: [any Callback] = [],
        verbose: Verbosity = .automatic, resumeFrom: String? = nil
    ) throws -> History {
        _ = try requireTrainer()
        var training = try source(x, y, sampleWeights)
        var validation = try validationData.map { try source($0.0, $0.1, []) }
        if validation == nil, let validationSplit {
            (training, validation) = try training.splitOff(validationSplit)
        }
        // Classes weigh in training only, as in Keras; samples' own weights go along into the validation
        // part.
        if let classWeight { training = try training.weighted(byClass: classWeight) }
        return try fit(
            training, batchSize: batchSize, epochs: epochs, validation: validation, shuffle: shuffle,
            initialEpoch: initialEpoch, stepsPerEpoch: stepsPerEpoch, validationSteps: validationSteps,
            validationFrequency: validationFrequency, makers: makers, callbacks: callbacks, verbose: verbose,
            resumeFrom: resumeFrom)
    }

    /// Trains the model on what a source gives: inputs, targets and weights together.
    @discardableResult
    public func fit(
        _ source: any BatchSource, batchSize: Int = 32, epochs: Int = 1,
        validation: (any BatchSource)? = nil, shuffle: Bool = true, initialEpoch: Int = 0,
        stepsPerEpoch: Int? = nil, validationSteps: Int? = nil, validationFrequency: Int = 1, makers: Int = 1,
        callbacks: [any Callback] = [], verbose: Verbosity = .automatic, resumeFrom: String? = nil
    ) throws -> History {
        try requireTrainer().fit(
            source, batchSize: batchSize, epochs: epochs, validation: validation, shuffle: shuffle,
            initialEpoch: initialEpoch, stepsPerEpoch: stepsPerEpoch, validationSteps: validationSteps,
            validationFrequency: validationFrequency, makers: makers, callbacks: callbacks, verbose: verbose,
            resumeFrom: resumeFrom)
    }

    /// Arrays as a source, checked against the model as far as their shapes tell.
    func source(_ x: [any Samples], _ y: [any Samples], _ weights: [Tensor?]) throws -> SampleSource {
        let (_, step) = try requireSupervisedStep()
        guard x.count == graph.inputs.count, y.count == outputCount else {
            throw CognitronError(
                .data, displayName, "wrong number of inputs or targets",
                expected: "\(graph.inputs.count) inputs and \(outputCount) targets",
                got: "\(x.count) and \(y.count)")
        }
        guard weights.count <= 1 || weights.count == outputCount else {
            throw CognitronError(
                .data, displayName, "wrong number of sample weights",
                expected: "one for each of \(outputCount) outputs",
                got: "\(weights.count)")
        }
        let all = weights.count == 1 ? Array(repeating: weights[0], count: outputCount) : weights
        let source = SampleSource(x, y, weights: all)
        try source.validate()
        try prepare(for: x.map(\.sampleShape))
        try step.validateShapes(of: source, self)
        return source
    }
}

extension SupervisedStep {
    /// Throws where targets or weights have shapes that cannot belong to the model's outputs: before the
    /// first batch.
    fileprivate func validateShapes(of source: SampleSource, _ model: Model) throws {
        guard let shapes = model.outputShapes(for: source.inputs.map(\.sampleShape)) else { return }
        for (index, objective) in objectives.enumerated() {
            let shape = shapes[index].batched(source.count)
            if let error = objective.loss?.mismatch(shape, source.targets[index].shape) { throw error }
            if source.weights.indices.contains(index), let weights = source.weights[index],
                let problem = Loss.weightProblem(weights.shape, shape)
            {
                throw CognitronError(.data, "sampleWeight", problem)
            }
        }
    }
}
