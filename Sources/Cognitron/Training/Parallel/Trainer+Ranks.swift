import CognitronKernels

// Training on several ranks: what they agree on, and the scores of all.

extension Trainer {
    /// The exchange of a network's gradients; nil where a single process trains.
    func exchange(of network: String) -> GradientExchange? {
        guard ranks != nil else { return nil }
        return withTransform(AllReduce.self, of: network) { $0.prepare(networks[network].parameters) }
    }

    /// The time in which this rank has waited for gradients, and the bytes of gradients that were summed.
    package var exchanged: (waited: Duration, bytes: Int) {
        networks.names.compactMap(exchange).reduce((.zero, 0)) { ($0.0 + $1.waited, $0.1 + $1.bytes) }
    }

    /// The streams of random numbers of all networks.
    private var streams: [RandomStream] { networks.flatMap { $0.value.parts.streams } }

    /// Gives every shard random numbers of its own.
    func setShard(_ shard: Int) {
        for stream in streams { stream.shard = shard }
    }

    /// Runs one training step on this rank's shards of a batch.
    ///
    /// - Parameters:
    ///   - shards: the rank's, in order.
    ///   - count: the samples of the whole batch.
    func train(_ shards: [Batch], of count: Int, _ ranks: RankPlan) throws -> Scores {
        let before = StateBeforeStep(of: networks)
        let statistics = SharedStatistics(of: networks)
        profile?.lap(.check)
        do {
            let shares = ranks.own.map { ranks.share(of: $0, count: count) }
            let scores: Scores
            if ranks.isOrdered {
                guard let step = step as? SupervisedStep else { fail("shards in order of another step") }
                scores = try step.train(shards, shares: shares, statistics, self)
            } else {
                let share = shares[0]
                setShard(ranks.rank)
                for name in networks.names { exchange(of: name)?.share = share }
                shareOfRank = share
                scores = try step.train(shards[0], self)
                statistics.average(over: ranks.communicator, share: share)
            }
            stepsTaken += 1
            return scores
        } catch {
            before.restore()
            throw error
        }
    }

    /// Throws where the step or the layers cannot be trained in shards of a fixed order.
    func requireShards(_ ranks: RankPlan) throws {
        try requireSupported(ranks)
        guard ranks.isOrdered else { return }
        let isSynchronized =
            ranks.synchronizes
            || networks.contains { network in
                network.value.withDescendants.contains { ($0 as? BatchNormalization)?.synchronized == true }
            }
        let isStateful = networks.contains { !$0.value.parts.states.isEmpty }
        guard !(step is SupervisedStep) || isSynchronized || isStateful else { return }
        throw CognitronError(
            .argument, "allReduce", "cannot keep the order of sums",
            expected: "a model's own training step, without layers that sum over ranks or keep a state",
            got: isSynchronized
                ? "synchronized batch normalisation" : isStateful ? "a stateful layer" : "\(type(of: step))",
            advice: "leave out shards")
    }

    /// Throws where several ranks cannot train the networks.
    private func requireSupported(_ ranks: RankPlan) throws {
        guard ranks.size > 1 else { return }
        let isSynchronized =
            ranks.synchronizes
            || networks.contains { network in
                network.value.withDescendants.contains { ($0 as? BatchNormalization)?.synchronized == true }
            }
        if isSynchronized, !(step is SupervisedStep || step is any WrappingStep) {
            throw CognitronError(
                .argument, "allReduce", "\(type(of: step)) does not synchronize batch normalisation",
                expected: "a model's own training step, or one around it",
                advice: "leave the statistics to each rank's part of the batch")
        }
        guard networks.contains(where: { !$0.value.parts.states.isEmpty }) else { return }
        throw CognitronError(
            .argument, "allReduce", "a stateful layer goes on from the batch before",
            expected: "layers without a state, for each rank has other samples",
            got: "stateful: true", advice: "train it in one process")
    }

    // MARK: At the start

    /// Takes over rank 0's state, after all ranks have the same networks and data.
    ///
    /// - Throws: `CognitronError`, on every rank, where one of them differs from rank 0.
    func synchronize(
        _ ranks: RankPlan, _ source: any BatchSource, _ validation: (any BatchSource)?, _ options: FitOptions,
        _ position: RunPosition
    ) throws {
        try requireShards(ranks)
        try buildNetworks(for: source)
        try requireEqual(ranks, source, validation, options)
        let state = try StateTree(bytes: ranks.communicator.broadcast(ranks.rank == 0 ? saveRun().bytes : []))
        if ranks.rank > 0 {
            try restore(try state.get("trainer"))
            // The sums of an interrupted epoch are rank 0's own.
            step.beginPass()
            try position.takeOver(state)
        }
        agreeOnStopping()
    }

    /// Builds networks that learn their inputs' shapes from the data.
    private func buildNetworks(for source: any BatchSource) throws {
        guard networks.contains(where: { !$0.value.isBuilt }) else { return }
        guard let batch = try source.batch([0], nil) else { throw CognitronError.noBatches }
        try step.validate(batch, samples: [0], self)
    }

    private func requireEqual(
        _ ranks: RankPlan, _ source: any BatchSource, _ validation: (any BatchSource)?, _ options: FitOptions
    ) throws {
        var networkLines: [String] = []
        for (name, model) in networks {
            networkLines += model.namedParameters.map {
                "\(name) \($0.path) \($0.parameter.shape)\($0.parameter.isTrainable ? "" : " frozen")"
            }
        }
        let own = [
            "version of Cognitron": Self.protocolVersion,
            "networks": networkLines.joined(separator: "; "),
            "optimizers": optimizers.map { "\($0.name) \(type(of: $0.value))" }.joined(separator: "; "),
            "number of samples": source.sampleCount.map(String.init) ?? "not known",
            "batch size": "\(options.batchSize)", "number of epochs": "\(options.epochs)",
            "number of steps": "\(options.stepsPerEpoch ?? 0), \(options.validationSteps ?? 0)",
            "validation":
                "\(validation?.sampleCount ?? 0) samples every \(options.validationFrequency) epochs",
            "allReduce": ranks.description,
        ]
        let texts = try ranks.communicator.gather(StateTree(own).bytes).map { bytes -> [String: String] in
            guard let texts = [String: String](try StateTree(bytes: bytes)) else { return [:] }
            return texts
        }
        for (rank, other) in texts.enumerated() {
            guard let key = texts[0].keys.sorted().first(where: { texts[0][$0] != other[$0] }) else {
                continue
            }
            throw CognitronError(
                .argument, "rank \(rank)", "its \(key) is not rank 0's",
                expected: Self.shortened(texts[0][key] ?? ""), got: Self.shortened(other[key] ?? "none"),
                advice: "start the same program with the same arguments and data on every rank")
        }
    }

    /// Changes with what ranks send each other.
    private static var protocolVersion: String { "0.1.0, ranks 1" }

    private static func shortened(_ text: String) -> String {
        text.count <= 200 ? text : "\(text.prefix(200))…"
    }

    // MARK: Agreement and scores

    /// Whether the training is to stop, on all ranks alike.
    var isStopping: Bool { (ranks?.size ?? 1) > 1 ? hasAgreedToStop : stopTraining }

    /// Stops all ranks where one of them stops.
    func agreeOnStopping() {
        guard let ranks, ranks.size > 1 else { return }
        hasAgreedToStop = ranks.communicator.sum(of: stopTraining ? 1 : 0) > 0
        if hasAgreedToStop { stopTraining = true }
    }

    /// The means over the samples of all ranks, of numbers that are means over this one's.
    func averaged(_ values: [Float]) -> [Float] {
        guard let ranks, ranks.size > 1 else { return values }
        var sums = Tensor(values) * shareOfRank
        ranks.communicator.sum(&sums)
        return sums.scalars
    }

    /// The scores over all ranks.
    ///
    /// - Parameter mean: those of this rank's batches.
    func merged(_ mean: ScoreMean, _ ranks: RankPlan) throws -> Scores {
        let own: StateTree = ["step": step.saveState(), "mean": mean.state]
        let states = try ranks.communicator.gather(own.bytes).map { try StateTree(bytes: $0) }
        if var scores = try step.mergedScores(try states.map { try $0.get("step") }) {
            // What a step around the supervised one reports beside: rank 0's.
            var first = ScoreMean(isTotal: step.scoresAreTotals)
            try first.restore(try states[0].get("mean"))
            for (name, value) in first.scores.pairs where scores[name] == nil { scores[name] = value }
            return scores
        }
        var merged = ScoreMean(isTotal: false)
        for state in states {
            var other = ScoreMean(isTotal: step.scoresAreTotals)
            try other.restore(try state.get("mean"))
            merged.merge(other)
        }
        return merged.scores
    }
}

extension RunPosition {
    /// Takes over where rank 0 is; the sums of an interrupted epoch are left to it.
    fileprivate func takeOver(_ state: StateTree) throws {
        guard let epoch: Int = try state.getIfPresent("epoch") else { return }
        (self.epoch, batch) = (epoch, try state.get("batch"))
        history = try History(try state.get("history"))
        scores.reset()
        try restoreOwnCallbacks(try state.get("callbacks"))
    }
}
