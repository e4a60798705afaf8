extension Model {
    /// Trains the model.
    ///
    /// - Parameters:
    ///   - x: the inputs: a tensor `(N, …)` or other `Samples`.
    ///   - y: the targets, as the loss wants them.
    ///   - batchSize: samples a step; the last batch of an epoch may be smaller, and counts accordingly.
    ///   - epochs: passes over the data.
    ///   - validationData: inputs and targets to measure after every epoch.
    ///   - validationSplit: the share of the data, taken from its end before shuffling, to measure instead of train on.
    ///   - shuffle: whether every epoch takes the samples in another order.
    ///   - sampleWeight: how much each sample counts, `(N)`.
    ///   - classWeight: how much the samples of a class count; 1 for those not named.
    ///   - callbacks: what watches the training.
    ///   - verbose: what is printed.
    /// - Returns: the scores of every epoch.
    /// - Throws: `CognitronError` where the data do not fit the model, a label is not a class, a number is not finite,
    ///   or the loss or a gradient becomes so; the failed step then changed nothing in the model. Callbacks see the end
    ///   of the training in any case: early stopping brings its best weights back also after an error.
    /// - Source: Keras `Model.fit`.
    @discardableResult
    public func fit(
        _ x: any Samples, _ y: any Samples, batchSize: Int = 32, epochs: Int = 1,
        validationData: (any Samples, any Samples)? = nil, validationSplit: Double? = nil,
        shuffle: Bool = true,
        sampleWeight: Tensor? = nil, classWeight: [Int: Float]? = nil, callbacks: [any Callback] = [],
        verbose: Verbosity = .automatic
    ) throws -> History {
        try fit(
            [x], [y], batchSize: batchSize, epochs: epochs,
            validationData: validationData.map { ([$0.0], [$0.1]) },
            validationSplit: validationSplit, shuffle: shuffle, sampleWeight: sampleWeight,
            classWeight: classWeight,
            callbacks: callbacks, verbose: verbose)
    }

    /// Trains a model with several inputs or outputs: one array of samples for each.
    @discardableResult
    public func fit(
        _ x: [any Samples], _ y: [any Samples], batchSize: Int = 32, epochs: Int = 1,
        validationData: ([any Samples], [any Samples])? = nil, validationSplit: Double? = nil,
        shuffle: Bool = true,
        sampleWeight: Tensor? = nil, classWeight: [Int: Float]? = nil, callbacks: [any Callback] = [],
        verbose: Verbosity = .automatic
    ) throws -> History {
        let compilation = try requireCompilation()
        try Self.requirePositive("batchSize", batchSize)
        try Self.requirePositive("epochs", epochs)
        var training = TrainingData(inputs: x, targets: y, sampleWeight: sampleWeight)
        try training.validate(for: self, compilation)
        var validation = validationData.map { TrainingData(inputs: $0.0, targets: $0.1, sampleWeight: nil) }
        try validation?.validate(for: self, compilation)
        if validation == nil, let validationSplit {
            (training, validation) = try training.splitOff(validationSplit)
        }
        // Classes weigh in training only, as in Keras; samples' own weights go along into the validation part.
        if let classWeight { training = try training.weighted(byClass: classWeight) }
        let run = TrainingRun(
            model: self, training: training, validation: validation, batchSize: batchSize, epochs: epochs,
            shuffle: shuffle, callbacks: callbacks,
            progress: Progress(verbose, epochs: epochs, unit: training.unit))
        return try run.train()
    }

    static func requirePositive(_ argument: String, _ value: Int) throws {
        guard value < 1 else { return }
        throw CognitronError(
            .argument, argument, "invalid \(argument)", expected: "a whole number of at least 1",
            got: "\(value)")
    }
}

extension TrainingData {
    /// What the progress line counts.
    var unit: String { inputs.first?.sampleShape.rank == 3 ? "images" : "samples" }
}

/// One call of `fit` while it runs.
struct TrainingRun {
    let model: Model
    let training: TrainingData
    let validation: TrainingData?
    let batchSize: Int
    let epochs: Int
    let shuffle: Bool
    let callbacks: [any Callback]
    let progress: Progress

    func train() throws -> History {
        model.stopTraining = false
        var begun: [any Callback] = []
        let history = Result {
            for callback in callbacks {
                try callback.onTrainBegin(model)
                begun.append(callback)
            }
            return try trainEpochs()
        }
        progress.interrupted()
        let ends = begun.map { callback in Result { try callback.onTrainEnd(model) } }
        // What ended the training is what the caller must hear of before what failed after it.
        let result = try history.get()
        for end in ends { try end.get() }
        return result
    }

    private func trainEpochs() throws -> History {
        var history = History()
        for epoch in 1...epochs where !model.stopTraining {
            for callback in callbacks { try callback.onEpochBegin(epoch, model) }
            var scores = try trainEpoch(epoch)
            let isWhole = !model.stopTraining
            if let validation, isWhole {
                scores.append(try model.measure(validation, batchSize: batchSize).prefixed("val_"))
            }
            progress.epochEnded(epoch, scores)
            history.append(epoch: epoch, scores)
            // An epoch that was broken off has no validation scores for anybody to judge it by.
            guard isWhole || validation == nil else { break }
            for callback in callbacks { try callback.onEpochEnd(epoch, scores, model) }
        }
        return history
    }

    private func trainEpoch(_ epoch: Int) throws -> Scores {
        let compilation = try model.requireCompilation()
        let names = model.metricNames(compilation)
        let augmentation = (
            epoch: compilation.epochsTrained, key: compilation.key.folding("augmentation")
        )
        let feeder = BatchFeeder(order(compilation), batchSize: batchSize) { [training] in
            try training.batch($0, training: augmentation)
        }
        model.compilation?.epochsTrained += 1
        var total = BatchResult()
        progress.epochBegan(epoch, samples: training.count)
        for number in 0..<feeder.count {
            for callback in callbacks { try callback.onTrainBatchBegin(number + 1, model) }
            do {
                let batch = try feeder.batch(number)
                model.profile?.lap(.data)
                total.add(try model.step(batch, compilation, .training))
            } catch let error as CognitronError where error.kind == .notFinite {
                throw error.at("epoch \(epoch), batch \(number + 1) of \(feeder.count)")
            }
            let scores = total.scores(names)
            progress.batchEnded(
                number + 1, of: feeder.count, samples: total.samples, scores, waited: feeder.waited)
            for callback in callbacks { try callback.onTrainBatchEnd(number + 1, scores, model) }
            if model.stopTraining { break }
        }
        return total.scores(names)
    }

    private func order(_ compilation: Compilation) -> [Int] {
        let indices = Array(0..<training.count)
        guard shuffle else { return indices }
        var generator = compilation.key.folding("shuffle").folding(compilation.epochsTrained).generator()
        return indices.shuffled(using: &generator)
    }
}

extension CognitronError {
    /// The same error, with where in the training it happened.
    func at(_ moment: String) -> CognitronError {
        CognitronError(
            kind, "\(place) (\(moment))", problem, expected: expected, got: received, advice: advice)
    }
}
