extension Model {
    /// Trains the model.
    ///
    /// - Parameters:
    ///   - x: the inputs: a tensor `(N, …)` or other `Samples`.
    ///   - y: the targets, in the form that the loss takes.
    ///   - batchSize: samples per step. The last batch of an epoch may be smaller; means are over samples.
    ///   - epochs: the number of the last epoch. The epochs skipped by `initialEpoch` are included.
    ///   - validationData: inputs and targets to measure after every epoch.
    ///   - validationSplit: the fraction of the data, from its end before shuffling, that is measured after
    ///     every epoch and not trained on.
    ///   - shuffle: whether each epoch draws a new order of the samples.
    ///   - sampleWeight: the weight of each sample `(N)` or each time step `(N, T)`.
    ///   - classWeight: the weight of the samples of each class; 1 for classes that are not listed.
    ///   - initialEpoch: the number of epochs already trained; the first epoch gets the next number.
    ///   - stepsPerEpoch: batches per epoch; all of the data by default.
    ///   - validationSteps: batches of the validation data to measure; all by default.
    ///   - validationFrequency: measures the validation data after every epoch with a multiple of this
    ///     number.
    ///   - makers: threads that prepare batches during the step.
    ///   - callbacks: called at the start and end of the training, of epochs and of batches.
    ///   - verbose: what is printed.
    ///   - resumeFrom: the folder of the checkpoints (`BackupAndRestore`) to resume from; without a
    ///     checkpoint in it, training starts from the beginning.
    /// - Returns: the scores of every epoch.
    /// - Throws: `CognitronError` where the data do not fit the model, a label is not a class, or an input,
    ///   the loss or a gradient is not finite; the failed step then has changed nothing in the model.
    ///   `onTrainEnd` is called after an error too: early stopping then restores its best weights.
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
    /// - Parameters:
    ///   - y: one target for each output, or only those of the outputs with a loss or metrics, in the order
    ///     of the outputs.
    ///   - sampleWeights: how much each sample or time step counts, for each output; one alone is for all.
    @discardableResult
    public func fit(
        _ x: [any Samples], _ y: [any Samples], batchSize: Int = 32, epochs: Int = 1,
        validationData: ([any Samples], [any Samples])? = nil, validationSplit: Double? = nil,
        shuffle: Bool = true, sampleWeights: [Tensor?] = [], classWeight: [Int: Float]? = nil,
        initialEpoch: Int = 0, stepsPerEpoch: Int? = nil, validationSteps: Int? = nil,
        validationFrequency: Int = 1, makers: Int = 1, callbacks: [any Callback] = [],
        verbose: Verbosity = .automatic, resumeFrom: String? = nil
    ) throws -> History {
        var training = try source(x, y, sampleWeights)
        var validation = try validationData.map { try source($0.0, $0.1, []) }
        if validation == nil, let validationSplit {
            (training, validation) = try training.splitOff(validationSplit)
        }
        // Class weights apply to training only, as in Keras; sample weights to the validation part too.
        if let classWeight {
            training = try training.weighted(byClass: classWeight, outputCount: outputCount)
        }
        return try fit(
            training, batchSize: batchSize, epochs: epochs, validation: validation, shuffle: shuffle,
            initialEpoch: initialEpoch, stepsPerEpoch: stepsPerEpoch, validationSteps: validationSteps,
            validationFrequency: validationFrequency, makers: makers, callbacks: callbacks, verbose: verbose,
            resumeFrom: resumeFrom)
    }

    /// Trains a model with several outputs on targets by the outputs' names (`outputNames`).
    ///
    ///     try model.fit([pictures], ["boxes": boxes, "kinds": kinds], epochs: 5)
    ///
    /// - Parameters:
    ///   - y: the targets of the outputs with a loss or metrics. Targets of other outputs are not read.
    ///   - sampleWeights: how much each sample or time step counts, for each output; 1 by default.
    @discardableResult
    public func fit(
        _ x: [any Samples], _ y: [String: any Samples], batchSize: Int = 32, epochs: Int = 1,
        validationData: ([any Samples], [String: any Samples])? = nil, validationSplit: Double? = nil,
        shuffle: Bool = true, sampleWeights: [String: Tensor] = [:], classWeight: [Int: Float]? = nil,
        initialEpoch: Int = 0, stepsPerEpoch: Int? = nil, validationSteps: Int? = nil,
        validationFrequency: Int = 1, makers: Int = 1, callbacks: [any Callback] = [],
        verbose: Verbosity = .automatic, resumeFrom: String? = nil
    ) throws -> History {
        let step = try requireSupervisedStep()
        return try fit(
            x, try step.ordered(y, self), batchSize: batchSize, epochs: epochs,
            validationData: try validationData.map { ($0.0, try step.ordered($0.1, self)) },
            validationSplit: validationSplit, shuffle: shuffle,
            sampleWeights: try step.ordered(sampleWeights, self), classWeight: classWeight,
            initialEpoch: initialEpoch, stepsPerEpoch: stepsPerEpoch, validationSteps: validationSteps,
            validationFrequency: validationFrequency, makers: makers, callbacks: callbacks, verbose: verbose,
            resumeFrom: resumeFrom)
    }

    /// Trains the model on the batches of a source, which have inputs, targets and weights.
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

    /// Arrays as a source, checked against the model as far as their shapes tell. A step that does not wrap
    /// the supervised one may take any targets, and that of a trainer given to `compile` any inputs.
    func source(_ x: [any Samples], _ y: [any Samples], _ weights: [Tensor?]) throws -> SampleSource {
        let trainer = try requireTrainer()
        guard trainer.supervisedStep != nil else {
            let source = SampleSource(x, y, weights: weights)
            try source.validate()
            return source
        }
        let step = trainer.checkingStep
        guard x.count == graph.inputs.count, step?.takesTargets(count: y.count) ?? true else {
            throw try requireSupervisedStep().wrongCounts(inputs: x.count, targets: y.count, self)
        }
        guard weights.count <= 1 || weights.count == outputCount else {
            throw CognitronError(
                .data, displayName, "wrong number of sample weights",
                expected: "one for each of \(outputCount) outputs", got: "\(weights.count)")
        }
        let all = weights.count == 1 ? Array(repeating: weights[0], count: outputCount) : weights
        let source = SampleSource(x, y, weights: all)
        try source.validate()
        try prepare(for: x.map(\.sampleShape))
        try step?.validateShapes(of: source, self)
        return source
    }
}

extension Trainer {
    /// The supervised step where it is the trainer's step or wrapped by it: its checks then hold for the
    /// data.
    fileprivate var checkingStep: SupervisedStep? {
        (step as? SupervisedStep) ?? (step as? any WrappingStep)?.wrapped
    }
}
