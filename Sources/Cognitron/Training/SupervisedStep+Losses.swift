// The losses of a batch with their gradients, regularizers, and metrics.

import CognitronKernels

extension SupervisedStep {
    /// The losses of a batch, and the gradients of their sum with respect to the outputs.
    func evaluate(
        _ result: Graph.Result, _ batch: Batch, _ fused: Set<Int>, isTraining: Bool
    ) throws -> (SupervisedMeter.Losses, [Tensor]) {
        var losses = SupervisedMeter.Losses(outputs: objectives.map { _ in 0 })
        var gradients: [Tensor] = []
        lossesOfStep = objectives.map { _ in 0 }
        for (index, objective) in objectives.enumerated() {
            let output = result.outputs[index]
            guard let loss = objective.loss else {
                gradients.append(.zeros(output.shape))
                continue
            }
            var (value, gradient) = loss.evaluate(
                output, target(index, of: batch), batch.weight(index), mask: mask(index, result),
                fusedWithActivation: fused.contains(index))
            losses.outputs[index] = value
            lossesOfStep[index] = value * objective.weight
            let weight = objective.weight * (lossFactors?[index] ?? 1)
            if weight != 1 {
                gradient *= weight
                value *= weight
            }
            try losses.add(value, loss.name, isTraining: isTraining)
            gradients.append(gradient)
        }
        let outputCount = gradients.count
        for loss in joint {
            let (value, parts) = loss.function(result.outputs, batch.targets)
            require(
                parts.count == outputCount,
                "\(loss.name) returns \(parts.count) gradients, expected one for each of \(outputCount) outputs"
            )
            losses.joint.append(value)
            try losses.add(value, loss.name, isTraining: isTraining)
            for (index, part) in parts.enumerated() { gradients[index] += part }
        }
        return (losses, gradients)
    }

    /// The mask of an output's rows; nil where it has the axis within rows, which the loss reduces.
    private func mask(_ index: Int, _ result: Graph.Result) -> Tensor? {
        guard result.masks.indices.contains(index), let mask = result.masks[index] else { return nil }
        return Loss.weightProblem(mask.shape, result.outputs[index].shape) == nil ? mask : nil
    }

    /// Outputs whose loss is computed from the values before their activation function, which loses no
    /// precision.
    func fusedOutputs(of model: Model) -> Set<Int> {
        guard joint.isEmpty, let shapes = model.valueShapes else { return [] }
        return Set(
            objectives.indices.filter { index in
                guard let fused = objectives[index].loss?.fused else { return false }
                return model.graph.activation(ofOutput: index, shapes) == fused.activation
            })
    }

    /// Adds the regularizers' gradients to the parameters' and returns the sum of the penalties.
    package static func regularize(_ parameters: [Parameter]) -> Float {
        for parameter in parameters where parameter.isTrainable {
            guard let regularizer = parameter.regularizer else { continue }
            parameter.accumulate(regularizer.gradient(at: parameter.value))
        }
        return penalty(parameters)
    }

    /// The sum of the regularizers' penalties. Frozen parameters have none, as in Keras.
    package static func penalty(_ parameters: [Parameter]) -> Float {
        parameters.reduce(0) { sum, parameter in
            guard parameter.isTrainable, let regularizer = parameter.regularizer else { return sum }
            return sum + regularizer.penalty(of: parameter.value)
        }
    }

    func measure(_ result: Graph.Result, _ batch: Batch, _ fused: Set<Int>) {
        for (index, objective) in objectives.enumerated() where !objective.allMetrics.isEmpty {
            var prediction = result.outputs[index]
            if fused.contains(index), let activation = objective.loss?.fused?.activation {
                prediction = activation(prediction)
            }
            let target = objective.target(target(index, of: batch), output: prediction.shape)
            // Not scaled as for the loss: a metric's mean is over the rows of all batches.
            let mask = mask(index, result)
            let weights = mask.map { $0.weighted(by: batch.weight(index)) } ?? batch.weight(index)
            for metric in objective.allMetrics.indices {
                let isWeighted = metric >= objective.metrics.count
                meter.update(output: index, metric: metric, prediction, target, isWeighted ? weights : mask)
            }
        }
    }
}

extension SupervisedMeter.Losses {
    /// Adds a value to the total.
    ///
    /// - Throws: `CognitronError` of kind `.notFinite`.
    fileprivate mutating func add(_ value: Float, _ name: String, isTraining: Bool) throws {
        guard value.isFinite else {
            throw CognitronError.notFinite(name, "the loss is \(value.text)", isTraining: isTraining)
        }
        total += value
    }

    /// Adds the layers' losses and the caller's.
    mutating func add(_ layers: LayerLosses, _ penalties: Scores, isTraining: Bool) throws {
        let own = layers.total
        guard own.isFinite else {
            throw CognitronError.notFinite(
                "the layers' own losses", "their sum is \(own.text)", isTraining: isTraining)
        }
        total += own
        for name in penalties.names {
            guard let value = penalties[name] else { continue }
            try add(value, name, isTraining: isTraining)
        }
        self.penalties = penalties
    }
}
