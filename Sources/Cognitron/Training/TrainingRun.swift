/// One call of `fit` while it runs.
struct TrainingRun {
    let trainer: Trainer
    let training: any BatchSource
    let validation: (any BatchSource)?
    let options: FitOptions
    let progress: Progress
    /// The state of the run that a checkpoint saves.
    private let position: RunPosition

    init(
        _ trainer: Trainer, _ training: any BatchSource, _ validation: (any BatchSource)?,
        _ options: FitOptions
    ) {
        self.trainer = trainer
        self.training = training
        self.validation = validation
        self.options = options
        let isFirst = (trainer.ranks?.rank ?? 0) == 0
        progress = Progress(isFirst ? options.verbose : .silent, epochs: options.epochs, unit: training.unit)
        // BackupAndRestore runs last, so that it saves the other callbacks' new state.
        // A flight recorder repeats a step by itself, which needs the other ranks' parts.
        let own = options.callbacks.filter {
            (isFirst || !$0.isForFirstRank) && (trainer.ranks == nil || !($0 is FlightRecorder))
        }
        let callbacks =
            own.filter { !($0 is BackupAndRestore) } + own.filter { $0 is BackupAndRestore }
        position = RunPosition(
            epoch: options.initialEpoch + 1, callbacks, ScoreMean(isTotal: trainer.step.scoresAreTotals),
            hasValidation: validation != nil, progress, announce: trainer.announcing ?? progress.announce)
    }

    private var model: Model { trainer.model }
    private var callbacks: [any Callback] { position.callbacks }

    func train() throws -> History {
        try options.validate()
        try trainer.validate()
        try training.validate()
        try validation?.validate()
        (trainer.stopTraining, trainer.hasAgreedToStop) = (false, false)
        for (_, network) in trainer.networks { network.visitor = trainer }
        trainer.run = position
        defer {
            trainer.run = nil
            trainer.shareOfRank = 1
            if trainer.ranks != nil { trainer.setShard(0) }
        }
        var begun: [any Callback] = []
        let history = Result {
            try Monitor.validate(callbacks, trainer, hasValidation: validation != nil)
            for callback in callbacks {
                try callback.onTrainBegin(model)
                begun.append(callback)
            }
            if let folder = options.resumeFrom, trainer.ranks.map({ $0.rank == 0 }) ?? true {
                try trainer.resume(from: folder)
            }
            if let ranks = trainer.ranks {
                try trainer.synchronize(ranks, training, validation, options, position)
            }
            let history = try trainEpochs()
            // A training that was broken off goes on with the weights as they are.
            if position.hasEnded { trainer.finalizeWeights() }
            return history
        }
        progress.interrupted()
        let ends = begun.map { callback in Result { try callback.onTrainEnd(model) } }
        // The error that ended the training takes precedence over errors of onTrainEnd.
        let result = try history.get()
        for end in ends { try end.get() }
        return result
    }

    private func trainEpochs() throws -> History {
        var isInterrupted = false
        while position.epoch <= options.epochs, !trainer.isStopping {
            let epoch = position.epoch
            // A checkpoint within an epoch was written after onEpochBegin.
            if position.batch == 0 {
                for callback in callbacks { try callback.onEpochBegin(epoch, model) }
                trainer.agreeOnStopping()
            }
            var scores = try trainEpoch(epoch)
            let isComplete = !trainer.isStopping
            isInterrupted = !isComplete
            let isMeasured = validation != nil && epoch % options.validationFrequency == 0
            if let validation, isComplete, isMeasured {
                let batches = BatchSamples.count(
                    validation, batchSize: options.batchSize, limit: options.validationSteps)
                progress.validationBegan(batches: batches)
                scores.append(
                    try trainer.measure(
                        validation, batchSize: options.batchSize, limit: options.validationSteps,
                        callbacks: callbacks + [progress], epoch: epoch
                    )
                    .prefixed("val_"))
            }
            progress.epochEnded(epoch, scores)
            var history = position.history
            history.append(epoch: epoch, scores)
            // After an interrupted epoch a checkpoint resumes within it, and onEpochEnd is not called.
            guard isComplete || isAtEnd(of: epoch) && !isMeasured else { return history }
            position.history = history
            if training.sampleCount == nil { advanceSource(batches: position.batch) }
            position.batchesOfEpoch = position.batch
            (position.epoch, position.batch) = (epoch + 1, 0)
            for callback in callbacks { try callback.onEpochEnd(epoch, scores, model) }
            trainer.agreeOnStopping()
        }
        // Stopping in onEpochEnd, as EarlyStopping does, completes the training; stopping in onTrainBatchEnd,
        // even of the last batch, interrupts it.
        position.hasEnded = position.epoch > options.epochs || !isInterrupted
        return position.history
    }

    /// Whether all batches of the epoch are done.
    private func isAtEnd(of epoch: Int) -> Bool {
        samples(of: trainer.epochsTrained - 1).count == position.batch
    }

    private func trainEpoch(_ epoch: Int) throws -> Scores {
        let isResumed = position.batch > 0
        if !isResumed { trainer.epochsTrained += 1 }
        let pass = trainer.epochsTrained - 1
        let samples = samples(of: pass)
        var feeder = feeder(samples, pass)
        if !isResumed {
            trainer.step.beginPass()
            position.scores.reset()
        }
        position.samplesDone =
            trainer.ranks == nil
            ? position.scores.samples
            : min(position.batch * options.batchSize, sampleCount(of: samples) ?? .max)
        progress.epochBegan(epoch, samples: sampleCount(of: samples), done: position.samplesDone)
        while !trainer.isStopping {
            let number = position.batch + 1
            do {
                if try trainBatch(number, of: samples, feeder) { continue }
                // The previous epoch ended exactly where a source of unknown length ends: restart the source.
                guard position.batch == 0, training.sampleCount == nil, trainer.sourcePosition > 0 else {
                    break
                }
                trainer.sourcePosition = 0
                feeder = self.feeder(self.samples(of: pass), pass)
            } catch let error as CognitronError where error.kind == .notFinite {
                throw error.at("epoch \(epoch), \(samples.text(ofBatch: number))")
            }
        }
        guard position.batch > 0 || trainer.isStopping else { throw CognitronError.noBatches }
        return try trainer.ranks.map { try trainer.merged(position.scores, $0) } ?? position.scores.scores
    }

    /// Prepares the remaining batches of pass number `pass`.
    private func feeder(_ samples: BatchSamples, _ pass: Int) -> BatchFeeder {
        let draw = Draw(epoch: pass, key: trainer.key.folding(Trainer.augmentationKey))
        let maker = trainer.maker(training, draw)
        guard let ranks = trainer.ranks else {
            return BatchFeeder(samples, from: position.batch, makers: options.makers, maker)
        }
        // Where a source of unknown length ends is known only from the whole batch.
        guard training.sampleCount != nil else {
            return BatchFeeder(samples, from: position.batch, makers: options.makers, maker)
        }
        return BatchFeeder(
            ShardSamples(whole: samples, plan: ranks), from: position.batch * ranks.own.count,
            makers: options.makers, maker)
    }

    /// What this process computes of the next batch, and the samples of the whole batch; nil at the end.
    private func nextShards(
        _ number: Int, of samples: BatchSamples, _ feeder: BatchFeeder
    ) throws -> (shards: [Batch], count: Int)? {
        guard let first = try feeder.next() else { return nil }
        guard let ranks = trainer.ranks else { return ([first], first.count) }
        guard training.sampleCount != nil else {
            let parts = ranks.own.map { ranks.positions(of: $0, count: first.count) }
            return (parts.map { first.samples($0.isEmpty ? 0..<1 : $0) }, first.count)
        }
        var shards = [first]
        while shards.count < ranks.own.count, let shard = try feeder.next() { shards.append(shard) }
        return (shards, samples[number - 1]?.count ?? first.count)
    }

    /// - Returns: false where there is no further batch.
    private func trainBatch(_ number: Int, of samples: BatchSamples, _ feeder: BatchFeeder) throws -> Bool {
        let count = samples.count
        // With an unknown length, whether there is another batch is known only when it has been read.
        var batch = count == nil ? try nextShards(number, of: samples, feeder) : nil
        guard count.map({ number <= $0 }) ?? (batch != nil) else { return false }
        for callback in callbacks { try callback.onTrainBatchBegin(number, model) }
        if batch == nil { batch = try nextShards(number, of: samples, feeder) }
        guard let batch else { return false }
        trainer.profile?.lap(.data)
        let scores = try train(batch, number, samples)
        position.scores.add(scores, samples: ownCount(of: batch))
        position.batch = number
        position.samplesDone += batch.count
        let means = position.scores.scores
        progress.batchEnded(
            number, of: count, samples: position.samplesDone, means, loss: trainer.lossOfBatch(scores),
            waited: feeder.waited)
        for callback in callbacks { try callback.onTrainBatchEnd(number, means, model) }
        trainer.agreeOnStopping()
        return true
    }

    /// Trains on a batch, which a flight recorder records.
    private func train(
        _ parts: (shards: [Batch], count: Int), _ number: Int, _ samples: BatchSamples
    ) throws -> Scores {
        if let ranks = trainer.ranks { return try trainer.train(parts.shards, of: parts.count, ranks) }
        let batch = parts.shards[0]
        guard let recorder = trainer.recorder, let samples = samples[number - 1] else {
            return try trainer.train(batch)
        }
        recorder.began(batch, samples, epoch: position.epoch, number: number, trainer)
        do {
            let scores = try trainer.train(batch)
            recorder.ended(loss: trainer.lossOfBatch(scores))
            return scores
        } catch let error as CognitronError where error.kind == .notFinite {
            throw recorder.failed(error, batch, samples, trainer)
        }
    }

    /// The samples of a batch that this process has measured.
    private func ownCount(of batch: (shards: [Batch], count: Int)) -> Int {
        guard let ranks = trainer.ranks else { return batch.count }
        return ranks.own.reduce(0) { $0 + ranks.positions(of: $1, count: batch.count).count }
    }

    /// The batches of the pass number `pass`, from 0, over the training data.
    private func samples(of pass: Int) -> BatchSamples {
        guard let count = training.sampleCount else {
            return BatchSamples(
                from: trainer.sourcePosition, batchSize: options.batchSize, limit: options.stepsPerEpoch)
        }
        var order = Array(0..<count)
        if options.shuffle {
            var generator = trainer.key.folding("shuffle").folding(pass).generator()
            order.shuffle(using: &generator)
            order = training.ordered(order, batchSize: options.batchSize)
        }
        return BatchSamples(order, batchSize: options.batchSize, limit: options.stepsPerEpoch)
    }

    private func sampleCount(of samples: BatchSamples) -> Int? {
        guard let batches = samples.count else { return nil }
        let (samples, isTooMany) = batches.multipliedReportingOverflow(by: options.batchSize)
        let most = isTooMany ? Int.max : samples
        return training.sampleCount.map { min(most, $0) } ?? most
    }

    /// Sets where a source of unknown length continues in the next epoch: after the batches of this one, or
    /// at the start where it has ended.
    private func advanceSource(batches: Int) {
        let hasEnded = options.stepsPerEpoch.map { batches < $0 } ?? true
        trainer.sourcePosition = hasEnded ? 0 : trainer.sourcePosition + batches * options.batchSize
    }
}

/// The position and scores of a run.
final class RunPosition {
    let callbacks: [any Callback]
    /// The current or next epoch, from 1, and the number of its batches that are done.
    var epoch: Int
    var batch = 0
    /// The number of batches of the last completed epoch.
    var batchesOfEpoch = 0
    let hasValidation: Bool
    let progress: Progress
    /// Prints a callback's message.
    let announce: (String) -> Void
    /// The scores of the epoch so far.
    var scores: ScoreMean
    /// The samples of the epoch so far, those of other ranks included.
    var samplesDone = 0
    /// The scores of the completed epochs.
    var history = History()
    /// Whether the training is complete, and not interrupted.
    var hasEnded = false

    init(
        epoch: Int, _ callbacks: [any Callback], _ scores: ScoreMean, hasValidation: Bool,
        _ progress: Progress, announce: @escaping (String) -> Void
    ) {
        self.epoch = epoch
        self.hasValidation = hasValidation
        self.progress = progress
        self.announce = announce
        self.callbacks = callbacks
        self.scores = scores
    }
}

extension BatchSamples {
    /// `batch 3 of 10`
    func text(ofBatch number: Int) -> String { "batch \(number)\(count.map { " of \($0)" } ?? "")" }
}

extension CognitronError {
    /// A source without a batch, for which there are no scores.
    static var noBatches: CognitronError {
        CognitronError(
            .data, "the source", "gave no batch", expected: "at least one",
            advice: "check where the data come from")
    }

    /// The same error, with the epoch and batch.
    func at(_ moment: String) -> CognitronError {
        CognitronError(
            kind, "\(place) (\(moment))", problem, expected: expected, got: received, advice: advice)
    }
}
