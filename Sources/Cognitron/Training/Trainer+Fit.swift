extension Trainer {
    /// Trains the networks on what a source gives.
    ///
    /// - Parameters: as those of `Model.fit`.
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

    /// The scores over all that a source gives.
    ///
    /// - Parameter steps: batches to measure; nil for all.
    public func evaluate(_ source: any BatchSource, batchSize: Int = 128, steps: Int? = nil) throws -> Scores
    {
        try FitOptions.require("batchSize", batchSize)
        try validate()
        try source.validate()
        return try measure(source, batchSize: batchSize, limit: steps)
    }

    /// One training step. Where it fails, the networks stay as they were.
    func train(_ batch: Batch) throws -> Scores { try guarded { try step.train(batch, self) } }

    /// A step that puts back what it has gathered where it fails.
    func guarded(_ train: () throws -> Scores) throws -> Scores {
        let before = GatheredState(of: networks)
        profile?.lap(.check)
        do {
            let scores = try train()
            stepsTaken += 1
            return scores
        } catch {
            before.restore()
            throw error
        }
    }

    func measure(_ source: any BatchSource, batchSize: Int, limit: Int?) throws -> Scores {
        let samples =
            source.sampleCount.map { BatchSamples(Array(0..<$0), batchSize: batchSize, limit: limit) }
            ?? BatchSamples(from: 0, batchSize: batchSize, limit: limit)
        let feeder = BatchFeeder(samples, maker(source, nil))
        // A callback may measure in the middle of an epoch, whose sums go on afterwards.
        let supervised = step as? SupervisedStep
        let sums = supervised?.meter
        defer { if let sums { supervised?.meter = sums } }
        step.beginPass()
        var mean = ScoreMean(isTotal: step.scoresAreTotals)
        var batches = 0
        while let batch = try feeder.next() {
            mean.add(try step.test(batch, self), samples: batch.count)
            batches += 1
        }
        guard batches > 0 else { throw CognitronError.noBatches }
        return mean.scores
    }

    /// What makes a source's batches and checks them. It holds the networks: where a training has failed and its
    /// model is gone, a thread may still be at the next batch.
    func maker(_ source: any BatchSource, _ draw: Draw?) -> BatchFeeder.Maker {
        let networks = networks.map(\.value)
        return { [self] numbers in
            guard let batch = try source.batch(numbers, draw) else { return nil }
            try withExtendedLifetime(networks) { try step.validate(batch, samples: numbers, self) }
            return batch
        }
    }
}
