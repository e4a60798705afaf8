extension Trainer {
    /// Trains the networks on the batches of a source.
    ///
    /// - Parameters: those of `Model.fit`.
    @discardableResult
    public func fit(
        _ source: any BatchSource, batchSize: Int = 32, epochs: Int = 1,
        validation: (any BatchSource)? = nil, shuffle: Bool = true, initialEpoch: Int = 0,
        stepsPerEpoch: Int? = nil, validationSteps: Int? = nil, validationFrequency: Int = 1, makers: Int = 1,
        callbacks: [any Callback] = [], verbose: Verbosity = .automatic, resumeFrom: String? = nil
    ) throws -> History {
        try TrainingRun(
            self, source, validation,
            FitOptions(
                batchSize: batchSize, epochs: epochs, initialEpoch: initialEpoch,
                stepsPerEpoch: stepsPerEpoch,
                validationSteps: validationSteps, validationFrequency: validationFrequency, shuffle: shuffle,
                makers: makers, callbacks: callbacks, verbose: verbose, resumeFrom: resumeFrom)
        ).train()
    }

    /// The scores over the batches of a source.
    ///
    /// - Parameters:
    ///   - steps: batches to measure; all by default.
    ///   - callbacks: called at the start and end of the measurement and of batches.
    public func evaluate(
        _ source: any BatchSource, batchSize: Int = 128, steps: Int? = nil, callbacks: [any Callback] = []
    ) throws -> Scores {
        try FitOptions.require("batchSize", batchSize)
        try validate()
        try source.validate()
        return try measure(source, batchSize: batchSize, limit: steps, callbacks: callbacks)
    }

    /// Runs one training step. If it throws, the statistics, random streams and states are restored.
    func train(_ batch: Batch) throws -> Scores {
        let before = StateBeforeStep(of: networks)
        profile?.lap(.check)
        do {
            let scores = try step.train(batch, self)
            stepsTaken += 1
            return scores
        } catch {
            before.restore()
            throw error
        }
    }

    /// - Parameter epoch: that of the training whose validation this is: a flight recorder records a batch
    ///   that fails. Nil outside a training.
    func measure(
        _ source: any BatchSource, batchSize: Int, limit: Int?, callbacks: [any Callback], epoch: Int? = nil
    ) throws -> Scores {
        let samples =
            source.sampleCount.map { BatchSamples(Array(0..<$0), batchSize: batchSize, limit: limit) }
            ?? BatchSamples(from: 0, batchSize: batchSize, limit: limit)
        // Within a training the ranks share the batches; outside one, one of them may measure alone.
        let sharing = epoch == nil || samples.count == nil ? nil : ranks
        let numbers: any BatchNumbers = sharing.map { RankBatches(whole: samples, plan: $0) } ?? samples
        let feeder = BatchFeeder(numbers, maker(source, nil))
        for callback in callbacks { try callback.onTestBegin(model) }
        let scores = try keepingMeters {
            step.beginPass()
            var mean = ScoreMean(isTotal: step.scoresAreTotals)
            var batches = 0
            while let batch = try feeder.next() {
                batches += 1
                for callback in callbacks { try callback.onTestBatchBegin(batches, model) }
                do {
                    mean.add(try step.test(batch, self), samples: batch.count)
                } catch let error as CognitronError where error.kind == .notFinite {
                    guard let epoch else { throw error }
                    let number = sharing.map { (batches - 1) * $0.size + $0.rank + 1 } ?? batches
                    throw failed(error, batch, number: number, of: samples, epoch: epoch)
                }
                for callback in callbacks { try callback.onTestBatchEnd(batches, mean.scores, model) }
            }
            guard batches > 0 || sharing != nil && samples.count != 0 else { throw CognitronError.noBatches }
            return try sharing.map { try merged(mean, $0) } ?? mean.scores
        }
        for callback in callbacks { try callback.onTestEnd(scores, model) }
        return scores
    }

    /// The error of a validation batch, with its number and what a flight recorder says of it.
    private func failed(
        _ error: CognitronError, _ batch: Batch, number: Int, of samples: BatchSamples, epoch: Int
    ) -> CognitronError {
        var error = error
        if let recorder, let own = samples[number - 1] {
            recorder.began(batch, own, epoch: epoch, number: number, isValidation: true, self)
            error = recorder.failed(error, batch, own, self)
        }
        return error.at("validation of epoch \(epoch), \(samples.text(ofBatch: number))")
    }

    /// The scores of one batch by itself.
    func scores(of batch: Batch, isTraining: Bool) throws -> Scores {
        guard !isTraining || ranks == nil else {
            throw CognitronError(
                .argument, "trainOnBatch", "does not share a batch among ranks",
                advice: "call fit, or leave out .allReduce")
        }
        return try keepingMeters {
            step.beginPass()
            return isTraining ? try train(batch) : try step.test(batch, self)
        }
    }

    /// Restores the sums of the supervised steps after `body`: a callback may measure in the middle of an
    /// epoch.
    func keepingMeters<Result>(_ body: () throws -> Result) rethrows -> Result {
        let steps = networks.compactMap(\.value.supervisedStep)
        let meters = steps.map(\.meter)
        defer { for (step, meter) in zip(steps, meters) { step.meter = meter } }
        return try body()
    }

    /// Reads and checks a source's batches. Retains the networks: after a failed training whose model is
    /// freed, a thread may still be preparing a batch.
    func maker(_ source: any BatchSource, _ draw: Draw?) -> BatchFeeder.Maker {
        let networks = networks.map(\.value)
        return { [self] numbers in
            guard let batch = try source.batch(numbers, draw) else { return nil }
            try withExtendedLifetime(networks) { try step.validate(batch, samples: numbers, self) }
            return batch
        }
    }
}
