import CognitronKernels

/// The step of supervised learning, which `Model.compile` makes: a forward pass, the losses of the outputs
/// against their targets, the backward pass, one step of the optimizer.
///
///     loss = Σ weight · outputLoss + Σ jointLoss + Σ layerLoss + Σ regularizer + Σ penalty
///
/// `model.supervisedStep` returns the step of a compiled model. A step of your own calls it to reuse its
/// losses and metrics: see `WrappingStep`.
///
/// - Source: Keras `Trainer.train_step`, `compute_loss` and `compute_metrics`.
public final class SupervisedStep: TrainingStep {
    /// The loss and metrics of each output, in the order of the outputs.
    public let objectives: [Objective]
    let joint: [JointLoss]
    /// The sums since the pass began.
    var meter: SupervisedMeter
    /// Factors of the outputs' losses, beside the weights of the objectives; nil for 1.
    var lossFactors: [Float]?
    /// The outputs' losses of the last batch, times the weights of the objectives.
    var lossesOfStep: [Float] = []
    /// Not retained: the model holds its trainer, which holds this step.
    private weak var compiledModel: Model?
    private var hasWarned = false

    public var scoresAreTotals: Bool { true }

    init(_ model: Model, _ objectives: [Objective], joint: [JointLoss] = []) {
        compiledModel = model
        self.objectives = objectives
        self.joint = joint
        meter = SupervisedMeter(objectives, joint)
    }

    public func beginPass() { meter = SupervisedMeter(objectives, joint) }

    public func train(_ batch: Batch, _ trainer: Trainer) throws -> Scores {
        try train(batch, trainer, penalties: [:])
    }

    /// Trains the network on a batch, with losses that the caller computes.
    ///
    /// - Parameter penalties: losses by name. Their pullbacks have already run and added to the parameters'
    ///   gradients. They are added to the loss, and their means over samples are among the scores.
    /// - Throws: `CognitronError` where a loss or gradient is not finite, or the trainer does not train this
    ///   step's model.
    public func train(_ batch: Batch, _ trainer: Trainer, penalties: Scores) throws -> Scores {
        let model = try requireModel()
        let network = try name(of: model, in: trainer)
        let exchange = trainer.exchange(of: network)
        exchange?.begin(model.running)
        var losses = try addGradients(
            batch, model, trainer, penalties, observedBy: exchange, share: trainer.shareOfRank)
        losses.total += Self.regularize(model.parameters)
        trainer.lossOfStep = losses.total
        trainer.profile?.lap(.loss)
        try trainer.update(network)
        if trainer.shareOfRank > 0 { meter.add(losses, samples: batch.count) }
        return meter.scores(objectives)
    }

    /// Trains on a rank's shards of a batch, whose gradients and statistics are added in a fixed order.
    ///
    /// - Parameters:
    ///   - shares: the share of the batch that each shard has.
    ///   - statistics: as before the step.
    func train(
        _ shards: [Batch], shares: [Float], _ statistics: SharedStatistics, _ trainer: Trainer
    ) throws -> Scores {
        let model = try requireModel()
        let network = try name(of: model, in: trainer)
        guard let ranks = trainer.ranks, let exchange = trainer.exchange(of: network) else {
            fail("shards of a training without ranks")
        }
        exchange.begin(model.running)
        let streams = model.parts.streams.map { ($0, $0.current) }
        var (sum, samples) = (SupervisedMeter.Losses(), 0)
        for ((shard, batch), share) in zip(zip(ranks.own, shards), shares) {
            for (stream, state) in streams { stream.current = state }
            trainer.setShard(shard)
            let losses = try addGradients(batch, model, trainer, Scores(), observedBy: nil, share: share)
            exchange.endShard(statistics, share: share)
            guard share > 0 else { continue }
            sum.add(losses, samples: batch.count)
            samples += batch.count
        }
        exchange.endShards(statistics)
        sum.divide(by: samples)
        sum.total += Self.regularize(model.parameters)
        trainer.lossOfStep = sum.total
        try trainer.update(network)
        meter.add(sum, samples: samples)
        return meter.scores(objectives)
    }

    /// Adds the gradients of a batch's losses to those of the parameters.
    ///
    /// - Parameters:
    ///   - exchange: sums the gradients of layers over ranks while others run; nil where they are summed
    ///     later.
    ///   - share: that of the batch of all ranks; metrics do not measure one of 0.
    private func addGradients(
        _ batch: Batch, _ model: Model, _ trainer: Trainer, _ penalties: Scores,
        observedBy exchange: GradientExchange?, share: Float
    ) throws -> SupervisedMeter.Losses {
        warnOfMismatches()
        let path = exchange.map { ObservedPath(observer: $0, path: "") }
        let pass = Pass.training.needingInputGradient(false)
            .observed(at: model.observedPath ?? path ?? trainer.profile?.root)
            .sharing(trainer.ranks?.share(share))
        let layerLosses = LayerLosses()
        let fused = fusedOutputs(of: model)
        let result = model.running.forward(batch.inputs, pass.collecting(layerLosses), linearOutputs: fused)
        var (losses, gradients) = try evaluate(result, batch, fused, isTraining: true)
        try losses.add(layerLosses, penalties, isTraining: true)
        trainer.finder?.lossEnded(objectives.compactMap(\.loss?.name).joined(separator: ", "), gradients)
        if share > 0 { measure(result, batch, fused) }
        trainer.profile?.lap(.loss)
        _ = result.pullback(gradients)
        return losses
    }

    public func test(_ batch: Batch, _ trainer: Trainer) throws -> Scores {
        try test(batch, trainer, penalties: [:])
    }

    /// Measures the network on a batch.
    ///
    /// - Parameter penalties: losses that the caller computes, as in `train`.
    public func test(_ batch: Batch, _ trainer: Trainer, penalties: Scores) throws -> Scores {
        let model = try requireModel()
        _ = try name(of: model, in: trainer)
        warnOfMismatches()
        let layerLosses = LayerLosses()
        let fused = fusedOutputs(of: model)
        let pass = Pass.prediction.collecting(layerLosses).observed(at: model.observedPath)
        // Observed, each layer runs by itself.
        let graph = model.observedPath == nil ? model.predictionGraph() : model.running
        let result = graph.forward(batch.inputs, pass, linearOutputs: fused)
        var (losses, _) = try evaluate(result, batch, fused, isTraining: false)
        try losses.add(layerLosses, penalties, isTraining: false)
        losses.total += Self.penalty(model.parameters)
        measure(result, batch, fused)
        meter.add(losses, samples: batch.count)
        return meter.scores(objectives)
    }

    /// The loss of outputs that the caller has computed, such as those for a changed input.
    ///
    ///     let (outputs, pullback) = model.forward(inputs: inputs, .training)
    ///     let (loss, gradients) = try step.loss(of: outputs, batch)
    ///     _ = pullback(gradients)
    ///
    /// - Returns: the weighted sum of the outputs' losses and of joint losses, and its gradients with respect
    ///   to the outputs. Layers' losses and regularizers are not part of it.
    /// - Throws: `CognitronError` where the targets do not fit or the loss is not finite.
    public func loss(of outputs: [Tensor], _ batch: Batch) throws -> (loss: Float, gradients: [Tensor]) {
        try requireTargets(of: batch, outputs.map(\.shape), samples: Array(0..<batch.count))
        let result = Graph.Result(outputs: outputs, masks: [], pullback: { $0 })
        let (losses, gradients) = try evaluate(result, batch, [], isTraining: true)
        return (losses.total, gradients)
    }

    private func requireModel() throws -> Model {
        if let compiledModel { return compiledModel }
        throw CognitronError(
            .model, "SupervisedStep", "the model that it was compiled for has been freed",
            advice: "keep a reference to the model")
    }

    /// The model's name in a trainer.
    private func name(of model: Model, in trainer: Trainer) throws -> String {
        if let network = trainer.networks.first(where: { $0.value === model }) { return network.name }
        throw CognitronError(
            .argument, "SupervisedStep",
            "the trainer does not train the model that this step was compiled for",
            expected: "\(model.displayName) among the networks",
            got: trainer.networks.names.joined(separator: ", "), advice: "give Trainer the compiled model")
    }

    /// Warns once, when the model's shapes are known, of losses that do not fit the last layers.
    func warnOfMismatches() {
        guard !hasWarned, let model = compiledModel, let shapes = model.valueShapes else { return }
        hasWarned = true
        warnOfMismatches(model, shapes)
    }
}

extension SupervisedStep {
    /// Throws where a batch does not fit the model. Builds the model where it has not been built.
    public func validate(_ batch: Batch, samples: [Int], _ trainer: Trainer) throws {
        let model = try requireModel()
        guard batch.inputs.count == model.graph.inputs.count else {
            throw wrongCounts(inputs: batch.inputs.count, targets: batch.targets.count, model)
        }
        try batch.requireFiniteInputs(samples)
        let inputShapes = batch.inputs.map(\.shape.sample)
        try model.prepare(for: inputShapes)
        try model.requireTokens(batch.inputs, samples)
        guard let shapes = model.outputShapes(for: inputShapes) else { return }
        try requireTargets(of: batch, shapes.map { $0.batched(batch.count) }, samples: samples)
    }

    /// Throws where targets or weights do not fit outputs of these shapes.
    private func requireTargets(of batch: Batch, _ shapes: [Shape], samples: [Int]) throws {
        guard shapes.count == objectives.count, takesTargets(count: batch.targets.count) else {
            throw wrongCounts(
                inputs: batch.inputs.count, targets: batch.targets.count, try requireModel())
        }
        for (index, objective) in objectives.enumerated() where objective.needsTarget {
            let target = target(index, of: batch)
            if let loss = objective.loss {
                if let error = loss.mismatch(shapes[index], target.shape) { throw error }
                try loss.validate(target, output: shapes[index], samples)
            }
            let measured = objective.target(target, output: shapes[index])
            for metric in meter.metrics[index] { try metric.validate(measured, output: shapes[index]) }
        }
        for index in objectives.indices {
            try Self.validate(batch.weight(index), shapes[index])
        }
    }

    private static func validate(_ weights: Tensor?, _ shape: Shape) throws {
        guard let weights else { return }
        if let problem = Loss.weightProblem(weights.shape, shape) {
            throw CognitronError(.data, "sampleWeight", problem)
        }
        guard !weights.isFinite else { return }
        throw CognitronError(
            .data, "sampleWeight", "does not fit the data", expected: "finite weights",
            got: "a weight that is not finite")
    }

    public var directions: [String: Direction] {
        let isSole = objectives.count == 1
        var directions: [String: Direction] = ["loss": .minimize]
        for loss in joint { directions[loss.name] = .minimize }
        for objective in objectives {
            if !isSole, objective.loss != nil { directions["\(objective.name)_loss"] = .minimize }
            for (metric, name) in zip(objective.allMetrics, objective.metricNames) {
                directions[isSole ? name : "\(objective.name)_\(name)"] = metric.direction
            }
        }
        return directions
    }

    public func mergedScores(_ states: [StateTree]) throws -> Scores? {
        var merged = SupervisedMeter(objectives, joint)
        for state in states {
            var other = SupervisedMeter(objectives, joint)
            try other.restore(state)
            merged.merge(other)
        }
        return merged.scores(objectives)
    }

    public func saveState() -> StateTree { meter.state }

    public func restore(_ state: StateTree) throws { try meter.restore(state) }
}

extension Batch {
    /// Throws where an input holds a number that is not finite, and names the sample.
    package func requireFiniteInputs(_ samples: [Int]) throws {
        for (number, input) in inputs.enumerated() where !input.isFinite {
            let scalars = input.scalars
            guard let position = scalars.firstIndex(where: { !$0.isFinite }) else { continue }
            let sample = samples[position / input.shape.sample.elementCount]
            throw CognitronError(
                .data, "\(inputs.count == 1 ? "input" : "input \(number)"): sample \(sample)",
                "holds a number that is not finite", expected: "finite numbers", got: scalars[position].text,
                advice: "clean the data before training")
        }
    }
}
