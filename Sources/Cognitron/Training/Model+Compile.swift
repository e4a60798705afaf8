import CognitronKernels

extension Model {
    /// Says how to train the model, and where its first weights come from. They are drawn when they are first
    /// needed; those that the model has already, from a file or earlier training, it keeps.
    ///
    /// - Parameters:
    ///   - optimizer: the rule that moves the weights.
    ///   - loss: what to make small.
    ///   - metrics: what else to measure.
    ///   - weightedMetrics: metrics that count samples by their weights.
    ///   - gradients: what happens to the gradients before the optimizer sees them, such as
    ///     `.clip(globalNorm: 1)`.
    ///   - seed: where the random numbers come from; the same seed gives the same weights, bit for bit.
    ///     Without one, every run differs.
    /// - Throws: `CognitronError` where a layer does not take its input, or an argument is out of range. A
    ///   model without an `Input` is checked when it sees its first data.
    /// - Source: Keras `Model.compile`.
    public func compile(
        optimizer: any Optimizer, loss: Loss, metrics: [any Metric] = [], weightedMetrics: [any Metric] = [],
        gradients: [any GradientTransform] = [], seed: UInt64? = nil
    ) throws {
        guard outputCount == 1 else {
            throw CognitronError(
                .argument, displayName, "needs a loss for each of its \(outputCount) outputs",
                expected: "losses: [\(outputNames.map { "\"\($0)\": …" }.joined(separator: ", "))]",
                got: "loss:")
        }
        try compile(
            optimizer, [Objective(outputNames[0], loss, 1, metrics, weightedMetrics)], [], gradients, seed)
    }

    /// Says how to train a model with several outputs, in the order of the outputs.
    ///
    /// - Parameters:
    ///   - losses: one an output.
    ///   - lossWeights: how much each counts in the sum; 1 each by default.
    ///   - metrics: measured on every output.
    public func compile(
        optimizer: any Optimizer, losses: [Loss], lossWeights: [Float]? = nil, metrics: [any Metric] = [],
        gradients: [any GradientTransform] = [], seed: UInt64? = nil
    ) throws {
        guard losses.count == outputCount, lossWeights.map({ $0.count == outputCount }) ?? true else {
            throw CognitronError(
                .argument, displayName, "needs a loss and a weight for each output",
                expected: "\(outputCount)",
                got: "\(losses.count) losses, \(lossWeights?.count ?? outputCount) weights")
        }
        let objectives = zip(outputNames, losses).enumerated().map { index, output in
            Objective(output.0, output.1, lossWeights?[index] ?? 1, metrics, [])
        }
        try compile(optimizer, objectives, [], gradients, seed)
    }

    /// Says how to train a model with several outputs, by their names (`outputNames`).
    ///
    ///     try model.compile(
    ///         optimizer: Adam(), losses: ["boxes": .huber, "kinds": .sparseCategoricalCrossentropy],
    ///         lossWeights: ["boxes": 2], metrics: ["kinds": [.accuracy]])
    ///
    /// - Parameters:
    ///   - losses: an output without one is not trained.
    ///   - lossWeights: how much each loss counts in the sum; 1 by default.
    ///   - metrics: what to measure on an output.
    ///   - weightedMetrics: the same, with samples counted by their weights.
    ///   - jointLosses: losses that are computed from several outputs.
    public func compile(
        optimizer: any Optimizer, losses: KeyValuePairs<String, Loss>, lossWeights: [String: Float] = [:],
        metrics: KeyValuePairs<String, [any Metric]> = [:],
        weightedMetrics: KeyValuePairs<String, [any Metric]> = [:], jointLosses: [JointLoss] = [],
        gradients: [any GradientTransform] = [], seed: UInt64? = nil
    ) throws {
        let names = outputNames
        let given = [
            ("losses", losses.map(\.key)), ("lossWeights", Array(lossWeights.keys)),
            ("metrics", metrics.map(\.key)), ("weightedMetrics", weightedMetrics.map(\.key)),
        ]
        for (argument, keys) in given {
            try Self.requireDistinct(keys, "\(argument): two entries are for")
            if let unknown = keys.first(where: { !names.contains($0) }) {
                throw CognitronError(
                    .argument, displayName, "\(argument) names an output that the model does not have",
                    expected: "one of \(names.joined(separator: ", "))", got: unknown)
            }
        }
        func value<Value>(_ pairs: KeyValuePairs<String, Value>, _ name: String) -> Value? {
            pairs.first { $0.key == name }?.value
        }
        let objectives = names.map { name in
            Objective(
                name, value(losses, name), lossWeights[name] ?? 1, value(metrics, name) ?? [],
                value(weightedMetrics, name) ?? [])
        }
        guard !jointLosses.isEmpty || objectives.contains(where: { $0.loss != nil }) else {
            throw CognitronError(.argument, displayName, "no output has a loss")
        }
        try compile(optimizer, objectives, jointLosses, gradients, seed)
    }

    private func compile(
        _ optimizer: any Optimizer, _ objectives: [Objective], _ joint: [JointLoss],
        _ gradients: [any GradientTransform], _ seed: UInt64?
    ) throws {
        try optimizer.validate()
        for transform in gradients { try transform.validate() }
        guard !graph.nodes.isEmpty else {
            throw CognitronError(.model, displayName, "has no layers", advice: "add layers before compile")
        }
        for objective in objectives {
            try objective.validate()
            try Self.requireDistinct(objective.metricNames, "\(displayName): two metrics are called")
        }
        let key = seed.map(RandomKey.init(seed:)) ?? RandomKey.system()
        let step = SupervisedStep(objectives, joint: joint)
        attachment = Trainer(compiled: self, optimizer, step, gradients, key)
        initialize(key)
        try (self as? Sequential)?.buildFromStart()
        step.warnOfMismatches(model: self)
    }

    private static func requireDistinct(_ names: [String], _ problem: String) throws {
        var seen: Set<String> = []
        guard let twice = names.first(where: { !seen.insert($0).inserted }) else { return }
        throw CognitronError(.argument, "compile", "\(problem) \(twice)")
    }
}

extension Objective {
    fileprivate init(
        _ name: String, _ loss: Loss?, _ weight: Float, _ metrics: [any Metric],
        _ weightedMetrics: [any Metric]
    ) {
        self.init(name: name, loss: loss, weight: weight, metrics: metrics, weightedMetrics: weightedMetrics)
    }
}

// MARK: - The trainer

extension Model {
    /// What trains the model: while a trainer of several networks runs, that one; otherwise what `compile`
    /// has made.
    public var trainer: Trainer? { (visitor as? Trainer) ?? compiled }

    private var compiled: Trainer? { attachment as? Trainer }

    /// The optimizer given to compile.
    public var optimizer: (any Optimizer)? { compiled?.optimizers[0].value }

    /// The parameters of everything that is trained with the model: where a trainer of several networks runs,
    /// of them all.
    var trainedParameters: [Parameter] { trainer?.networks.flatMap(\.value.parameters) ?? parameters }

    /// The network of that name in the trainer that runs.
    func requireNetwork(_ name: String, _ callback: String) throws -> Model {
        guard let networks = trainer?.networks, networks.names.contains(name) else {
            throw CognitronError(
                .argument, callback, "no network is called \(name)",
                expected: "one of \(trainer?.networks.names.joined(separator: ", ") ?? "")", got: name)
        }
        return networks[name]
    }

    /// The optimizer of the network of that name in the trainer that runs.
    func requireOptimizer(of name: String, _ callback: String) throws -> any Optimizer {
        guard let optimizers = trainer?.optimizers, optimizers.names.contains(name) else {
            throw CognitronError(
                .argument, callback, "no optimizer is for \(name)",
                expected: "one of \(trainer?.optimizers.names.joined(separator: ", ") ?? "")", got: name)
        }
        return optimizers[name]
    }

    /// Set by a callback to end `fit` after the current batch or epoch.
    public var stopTraining: Bool {
        get { trainer?.stopTraining ?? false }
        set { trainer?.stopTraining = newValue }
    }

    /// What is told where the time of training steps goes.
    package var profile: StepProfile? {
        get { compiled?.profile }
        set { compiled?.profile = newValue }
    }

    func requireTrainer() throws -> Trainer {
        if let compiled { return compiled }
        throw CognitronError(
            .model, displayName, "is not compiled", advice: "call compile(optimizer:loss:) first")
    }

    func requireSupervisedStep() throws -> (trainer: Trainer, step: SupervisedStep) {
        let trainer = try requireTrainer()
        guard let step = trainer.step as? SupervisedStep else { fail("compile makes a SupervisedStep") }
        return (trainer, step)
    }
}
