import CognitronKernels

extension Model {
    /// Sets the optimizer, loss and metrics, and the seed of the initial weights. Weights that the model has
    /// from a file or earlier training are kept; the others are drawn at their first use.
    ///
    /// - Parameters:
    ///   - optimizer: updates the weights.
    ///   - loss: the function to minimize.
    ///   - metrics: functions to measure.
    ///   - weightedMetrics: metrics that count samples by their weights.
    ///   - gradients: transforms of the gradients before the optimizer, such as `.clip(globalNorm: 1)`.
    ///   - seed: the seed of all random numbers; the same seed gives the same weights, bit for bit. Without
    ///     one, every run differs.
    ///   - step: makes a training step of your own, which `fit`, `evaluate` and `trainOnBatch` then use, from
    ///     the step with these losses and metrics: see `WrappingStep`.
    /// - Throws: `CognitronError` where a layer does not take its input, or an argument is out of range. A
    ///   model without an `Input` is checked when it sees its first data.
    /// - Source: Keras `Model.compile`; `step` replaces overriding `train_step`.
    public func compile(
        optimizer: any Optimizer, loss: Loss, metrics: [any Metric] = [], weightedMetrics: [any Metric] = [],
        gradients: [any GradientTransform] = [], seed: UInt64? = nil,
        step: ((SupervisedStep) -> any TrainingStep)? = nil
    ) throws {
        guard outputCount == 1 else {
            throw CognitronError(
                .argument, displayName, "needs a loss for each of its \(outputCount) outputs",
                expected: "losses: [\(outputNames.map { "\"\($0)\": …" }.joined(separator: ", "))]",
                got: "loss:")
        }
        try compile(
            optimizer, [Objective(outputNames[0], loss, 1, metrics, weightedMetrics)], [], gradients, seed,
            step)
    }

    /// Compiles a model with several outputs, with losses in the order of the outputs.
    ///
    /// - Parameters:
    ///   - losses: one for each output.
    ///   - lossWeights: the factor of each loss in the sum; 1 by default.
    ///   - metrics: measured on every output.
    public func compile(
        optimizer: any Optimizer, losses: [Loss], lossWeights: [Float]? = nil, metrics: [any Metric] = [],
        gradients: [any GradientTransform] = [], seed: UInt64? = nil,
        step: ((SupervisedStep) -> any TrainingStep)? = nil
    ) throws {
        guard losses.count == outputCount, lossWeights.map({ $0.count == outputCount }) ?? true else {
            throw CognitronError(
                .argument, displayName, "needs a loss and a weight for each output",
                expected: "\(outputCount)",
                got: "\(losses.count) losses, \(lossWeights?.count ?? outputCount) weights")
        }
        let objectives = zip(outputNames, losses).enumerated().map { index, output in
            Objective(output.0, output.1, lossWeights.map { $0[index] } ?? 1, metrics, [])
        }
        try compile(optimizer, objectives, [], gradients, seed, step)
    }

    /// Compiles a model with several outputs, with losses by their names (`outputNames`).
    ///
    ///     try model.compile(
    ///         optimizer: Adam(), losses: ["boxes": .huber, "kinds": .sparseCategoricalCrossentropy],
    ///         lossWeights: ["boxes": 2], metrics: ["kinds": [.accuracy]])
    ///
    /// - Parameters:
    ///   - losses: an output without one is not trained.
    ///   - lossWeights: the factor of each loss in the sum; 1 by default.
    ///   - metrics: the metrics of each output. An output with neither loss nor metrics needs no target.
    ///   - weightedMetrics: metrics that count samples by their weights.
    ///   - jointLosses: losses that are computed from several outputs.
    public func compile(
        optimizer: any Optimizer, losses: KeyValuePairs<String, Loss>, lossWeights: [String: Float] = [:],
        metrics: KeyValuePairs<String, [any Metric]> = [:],
        weightedMetrics: KeyValuePairs<String, [any Metric]> = [:], jointLosses: [JointLoss] = [],
        gradients: [any GradientTransform] = [], seed: UInt64? = nil,
        step: ((SupervisedStep) -> any TrainingStep)? = nil
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
                name, value(losses, name), lossWeights[name, default: 1], value(metrics, name) ?? [],
                value(weightedMetrics, name) ?? [])
        }
        guard !jointLosses.isEmpty || objectives.contains(where: { $0.loss != nil }) else {
            throw CognitronError(.argument, displayName, "no output has a loss")
        }
        try compile(optimizer, objectives, jointLosses, gradients, seed, step)
    }

    private func compile(
        _ optimizer: any Optimizer, _ objectives: [Objective], _ joint: [JointLoss],
        _ gradients: [any GradientTransform], _ seed: UInt64?,
        _ wrapping: ((SupervisedStep) -> any TrainingStep)?
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
        let step = SupervisedStep(self, objectives, joint: joint)
        attachment = Trainer(compiled: self, optimizer, step, gradients, key, wrapping: wrapping)
        initialize(key)
        try (self as? Sequential)?.buildFromInput()
        step.warnOfMismatches()
    }

    private static func requireDistinct(_ names: [String], _ problem: String) throws {
        var known: Set<String> = []
        guard let repeated = names.first(where: { !known.insert($0).inserted }) else { return }
        throw CognitronError(.argument, "compile", "\(problem) \(repeated)")
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
    /// The trainer of several networks that is running, or else the one that `compile` has made.
    public var trainer: Trainer? { (visitor as? Trainer) ?? compiled }

    private var compiled: Trainer? { attachment as? Trainer }

    /// The losses and metrics given to compile, as a step that steps of your own may call; nil before
    /// compile.
    public var supervisedStep: SupervisedStep? { compiled?.supervisedStep }

    /// The optimizer given to compile.
    public var optimizer: (any Optimizer)? { compiled?.optimizers[0].value }

    /// The parameters of all networks of the running trainer; without one, the model's.
    var trainedParameters: [Parameter] { trainer?.networks.flatMap(\.value.parameters) ?? parameters }

    /// The trainer that calls a callback.
    func requireRunningTrainer(_ callback: String) throws -> Trainer {
        if let trainer { return trainer }
        throw CognitronError(
            .model, callback, "\(displayName) is not being trained", advice: "give the callback to fit")
    }

    /// The network of that name in the running trainer.
    func requireNetwork(_ name: String, _ callback: String) throws -> Model {
        let networks = try requireRunningTrainer(callback).networks
        guard networks.names.contains(name) else {
            throw CognitronError(
                .argument, callback, "no network is called \(name)",
                expected: "one of \(networks.names.joined(separator: ", "))", got: name)
        }
        return networks[name]
    }

    /// The optimizer of the network of that name in the running trainer.
    func requireOptimizer(of name: String, _ callback: String) throws -> any Optimizer {
        let optimizers = try requireRunningTrainer(callback).optimizers
        guard optimizers.names.contains(name) else {
            throw CognitronError(
                .argument, callback, "no optimizer is for \(name)",
                expected: "one of \(optimizers.names.joined(separator: ", "))", got: name)
        }
        return optimizers[name]
    }

    /// The optimizer of that network of the running trainer; without a name, all.
    func optimizers(of network: String?, _ callback: String) throws -> [any Optimizer] {
        if let network { return [try requireOptimizer(of: network, callback)] }
        return try requireRunningTrainer(callback).optimizers.map(\.value)
    }

    /// Prints a callback's message during `fit`.
    func announce(_ text: String) { trainer?.run?.announce(text) }

    /// Set by a callback to end `fit` after the current batch or epoch. Always false before compile.
    public var stopTraining: Bool {
        get { trainer?.stopTraining ?? false }
        set { trainer?.stopTraining = newValue }
    }

    /// Measures the parts of training steps; nil where they are not measured.
    package var profile: StepProfile? {
        get { compiled?.profile }
        set { compiled?.profile = newValue }
    }

    func requireTrainer() throws -> Trainer {
        if let compiled { return compiled }
        throw CognitronError(
            .model, displayName, "is not compiled", advice: "call compile(optimizer:loss:) first")
    }

    func requireSupervisedStep() throws -> SupervisedStep {
        if let step = try requireTrainer().supervisedStep { return step }
        throw CognitronError(
            .model, displayName, "is trained by a step of its own, without losses of outputs",
            advice: "give fit and evaluate arrays without names, or a BatchSource")
    }

}
