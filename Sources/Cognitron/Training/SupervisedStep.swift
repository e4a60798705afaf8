/// The step of supervised learning, which `Model.compile` makes: a forward pass, each output's loss against
/// its target, the backward pass, one step of the optimizer.
///
/// The loss is the sum of the outputs' losses times their weights, of joint losses, of the layers' own losses
/// and of the parameters' regularizers.
final class SupervisedStep: TrainingStep {
    let objectives: [Objective]
    private let joint: [JointLoss]
    /// What has been measured since the pass began.
    var meter: SupervisedMeter

    var scoresAreTotals: Bool { true }

    init(_ objectives: [Objective], joint: [JointLoss] = []) {
        self.objectives = objectives
        self.joint = joint
        meter = SupervisedMeter(objectives, joint)
    }

    func beginPass() { meter = SupervisedMeter(objectives, joint) }

    func train(_ batch: Batch, _ trainer: Trainer) throws -> Scores { try train(batch, trainer, &meter) }

    func test(_ batch: Batch, _ trainer: Trainer) throws -> Scores { try test(batch, trainer, &meter) }

    /// The scores of one batch by itself.
    func scores(of batch: Batch, _ trainer: Trainer, isTraining: Bool) throws -> Scores {
        var own = SupervisedMeter(objectives, joint)
        return isTraining ? try train(batch, trainer, &own) : try test(batch, trainer, &own)
    }

    private func train(_ batch: Batch, _ trainer: Trainer, _ meter: inout SupervisedMeter) throws -> Scores {
        let model = trainer.model
        let pass = Pass.training.needingInputGradient(false).profiled(by: trainer.profile?.scope)
        let layerLosses = LayerLosses()
        let fused = fusedOutputs(of: model)
        let result = model.running.forward(batch.inputs, pass.collecting(layerLosses), linearOutputs: fused)
        let (losses, gradients) = try evaluate(result, batch, fused, layerLosses, isTraining: true)
        measure(result, batch, fused, &meter)
        trainer.profile?.lap(.loss)
        _ = result.pullback(gradients)
        let penalty = Self.regularize(model.parameters)
        trainer.profile?.lap(.loss)
        try trainer.update(Trainer.soleName)
        var total = losses
        total.total += penalty
        meter.add(total, samples: batch.count)
        return meter.scores(objectives)
    }

    private func test(_ batch: Batch, _ trainer: Trainer, _ meter: inout SupervisedMeter) throws -> Scores {
        let layerLosses = LayerLosses()
        let fused = fusedOutputs(of: trainer.model)
        let result = trainer.model.predictionGraph()
            .forward(batch.inputs, Pass.prediction.collecting(layerLosses), linearOutputs: fused)
        var (losses, _) = try evaluate(result, batch, fused, layerLosses, isTraining: false)
        losses.total += Self.penalty(trainer.model.parameters)
        measure(result, batch, fused, &meter)
        meter.add(losses, samples: batch.count)
        return meter.scores(objectives)
    }
}

// MARK: - Losses

extension SupervisedStep {
    /// The losses of a batch, and the gradient of their sum with respect to every output.
    private func evaluate(
        _ result: Graph.Result, _ batch: Batch, _ fused: Set<Int>, _ layerLosses: LayerLosses,
        isTraining: Bool
    ) throws -> (SupervisedMeter.Losses, [Tensor]) {
        var losses = SupervisedMeter.Losses(outputs: objectives.map { _ in 0 })
        var gradients: [Tensor] = []
        for (index, objective) in objectives.enumerated() {
            let output = result.outputs[index]
            guard let loss = objective.loss else {
                gradients.append(.zeros(output.shape))
                continue
            }
            var (value, gradient) = loss.evaluate(
                output, batch.targets[index], weights(index, result, batch),
                fusedWithActivation: fused.contains(index))
            losses.outputs[index] = value
            if objective.weight != 1 {
                gradient *= objective.weight
                value *= objective.weight
            }
            guard value.isFinite else {
                throw CognitronError.notFinite(loss.name, "the loss is \(value.text)", isTraining: isTraining)
            }
            losses.total += value
            gradients.append(gradient)
        }
        for loss in joint {
            let (value, parts) = loss.function(result.outputs, batch.targets)
            guard value.isFinite else {
                throw CognitronError.notFinite(loss.name, "the loss is \(value.text)", isTraining: isTraining)
            }
            losses.joint.append(value)
            losses.total += value
            for (index, part) in parts.enumerated() { gradients[index] += part }
        }
        let own = layerLosses.total
        guard own.isFinite else {
            throw CognitronError.notFinite(
                "the layers' own losses", "their sum is \(own.text)", isTraining: isTraining)
        }
        losses.total += own
        return (losses, gradients)
    }

    /// The weights of an output's rows: those that were given, times the mask, which is scaled so that the
    /// mean is over the rows that count, as in Keras.
    private func weights(_ index: Int, _ result: Graph.Result, _ batch: Batch) -> Tensor? {
        let given = batch.weight(index)
        guard let mask = mask(index, result) else { return given }
        let counting = mask.sum()
        return Self.product(counting > 0 ? mask * (Float(mask.count) / counting) : mask, given)
    }

    /// The mask of an output's rows. One that reaches into the rows themselves, whose numbers the loss takes
    /// together, does not count.
    private func mask(_ index: Int, _ result: Graph.Result) -> Tensor? {
        guard result.masks.indices.contains(index), let mask = result.masks[index] else { return nil }
        return Loss.weightProblem(mask.shape, result.outputs[index].shape) == nil ? mask : nil
    }

    /// A mask times weights, of which either may have fewer axes.
    private static func product(_ mask: Tensor, _ weights: Tensor?) -> Tensor {
        guard let weights else { return mask }
        return mask.spread(over: weights.shape) * weights.spread(over: mask.shape)
    }

    /// Outputs whose loss is computed from what comes before their activation function, which loses no
    /// precision.
    func fusedOutputs(of model: Model) -> Set<Int> {
        guard joint.isEmpty, let shapes = model.valueShapes else { return [] }
        return Set(
            objectives.indices.filter { index in
                guard let fused = objectives[index].loss?.fused else { return false }
                return model.graph.activation(ofOutput: index, shapes) == fused.activation
            })
    }

    /// Adds the regularizers' gradients to the parameters' and returns their sum.
    private static func regularize(_ parameters: [Parameter]) -> Float {
        for parameter in parameters where parameter.isTrainable {
            guard let regularizer = parameter.regularizer else { continue }
            parameter.accumulate(regularizer.gradient(at: parameter.value))
        }
        return penalty(parameters)
    }

    private static func penalty(_ parameters: [Parameter]) -> Float {
        // Of frozen parameters nothing is asked, as in Keras.
        parameters.reduce(0) { sum, parameter in
            guard parameter.isTrainable, let regularizer = parameter.regularizer else { return sum }
            return sum + regularizer.penalty(of: parameter.value)
        }
    }

    private func measure(
        _ result: Graph.Result, _ batch: Batch, _ fused: Set<Int>, _ meter: inout SupervisedMeter
    ) {
        for (index, objective) in objectives.enumerated() where !objective.allMetrics.isEmpty {
            var prediction = result.outputs[index]
            if fused.contains(index), let activation = objective.loss?.fused?.activation {
                prediction = activation(prediction)
            }
            let given = batch.targets[index]
            let target =
                objective.loss.map { $0.aligned(given, to: prediction.shape) }
                ?? (given.count == prediction.count ? given.reshaped(prediction.shape) : given)
            // Not scaled as for the loss: a metric's mean is over the rows of all batches.
            let mask = mask(index, result)
            let weights = mask.map { Self.product($0, batch.weight(index)) } ?? batch.weight(index)
            for metric in objective.allMetrics.indices {
                let isWeighted = metric >= objective.metrics.count
                meter.update(output: index, metric: metric, prediction, target, isWeighted ? weights : mask)
            }
        }
    }
}

// MARK: - Checks and state

extension SupervisedStep {
    func validate(_ batch: Batch, samples: [Int], _ trainer: Trainer) throws {
        let model = trainer.model
        guard batch.inputs.count == model.graph.inputs.count, batch.targets.count == objectives.count else {
            throw CognitronError(
                .data, model.displayName, "wrong number of inputs or targets",
                expected: "\(model.graph.inputs.count) inputs and \(objectives.count) targets",
                got: "\(batch.inputs.count) and \(batch.targets.count)")
        }
        try batch.requireFiniteInputs(samples)
        let inputShapes = batch.inputs.map(\.shape.sample)
        try model.prepare(for: inputShapes)
        guard let shapes = model.outputShapes(for: inputShapes) else { return }
        for (index, objective) in objectives.enumerated() {
            let shape = shapes[index].batched(batch.count)
            if let loss = objective.loss {
                if let error = loss.mismatch(shape, batch.targets[index].shape) { throw error }
                try loss.validate(batch.targets[index], classCount: shape.last ?? 1, samples)
            }
            try Self.validate(batch.weight(index), shape, samples)
        }
    }

    private static func validate(_ weights: Tensor?, _ shape: Shape, _ samples: [Int]) throws {
        guard let weights else { return }
        if let problem = Loss.weightProblem(weights.shape, shape) {
            throw CognitronError(.data, "sampleWeight", problem)
        }
        guard !weights.isFinite else { return }
        throw CognitronError(
            .data, "sampleWeight", "does not fit the data", expected: "finite weights",
            got: "a weight that is not finite")
    }

    var directions: [String: Direction] {
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

    func saveState() -> StateTree { meter.state }

    func restore(_ state: StateTree) throws { try meter.restore(state) }
}

extension Batch {
    /// Throws where an input holds a number that is not finite, and names the sample.
    func requireFiniteInputs(_ samples: [Int]) throws {
        for (number, input) in inputs.enumerated() where !input.isFinite {
            let size = max(1, input.shape.sample.elementCount)
            let scalars = input.scalars
            let at = scalars.firstIndex { !$0.isFinite } ?? 0
            throw CognitronError(
                .data, "\(inputs.count == 1 ? "input" : "input \(number)"): sample \(samples[at / size])",
                "holds a number that is not finite", expected: "finite numbers", got: scalars[at].text,
                advice: "clean the data before training")
        }
    }
}
