/// Inputs, targets and weights that belong together, checked before and while they are read.
struct TrainingData: Sendable {
    let inputs: [any Samples]
    let targets: [any Samples]
    var sampleWeight: Tensor?

    var count: Int { inputs.first?.sampleCount ?? 0 }

    /// The samples at `indices`, checked for numbers that are not finite.
    ///
    /// - Parameter training: an epoch of training, in which samples may be changed at random.
    func batch(_ indices: ArraySlice<Int>, training: (epoch: Int, key: RandomKey)? = nil) throws -> Batch {
        let batch = Batch(
            inputs: inputs.map { samples in
                training.map { samples.trainingBatch(indices, epoch: $0.epoch, $0.key) }
                    ?? samples.batch(indices)
            },
            targets: targets.map { $0.batch(indices) },
            weight: sampleWeight?.batch(indices))
        for (number, input) in batch.inputs.enumerated() where !input.isFinite {
            throw Self.notFinite(input, indices, inputs.count == 1 ? "input" : "input \(number)")
        }
        return batch
    }

    private static func notFinite(_ batch: Tensor, _ indices: ArraySlice<Int>, _ name: String)
        -> CognitronError
    {
        let size = max(1, batch.shape.sample.elementCount)
        let scalars = batch.scalars
        let at = scalars.firstIndex { !$0.isFinite } ?? 0
        return CognitronError(
            .data, "\(name): sample \(indices[indices.startIndex + at / size])",
            "holds a number that is not finite",
            expected: "finite numbers", got: scalars[at].text, advice: "clean the data before training")
    }
}

extension TrainingData {
    /// Throws where something in the data, or between the data and the model, does not fit.
    func validate(for model: Model, _ compilation: Compilation) throws {
        try validateCounts(model)
        try model.prepare(for: inputs.map(\.sampleShape))
        guard let outputShapes = model.outputShapes else { return }
        for ((target, loss), shape) in zip(zip(targets, compilation.losses), outputShapes) {
            if let error = loss.mismatch(shape.batched(count), target.shape) { throw error }
            try validate(target, loss, classCount: shape.last ?? 1)
        }
        if let weight = sampleWeight, weight.shape != [count] || !weight.isFinite {
            throw CognitronError(
                .data, "sampleWeight", "does not fit the data",
                expected: "\(count) finite weights, one a sample",
                got: weight.shape == [count] ? "a weight that is not finite" : "shape \(weight.shape)")
        }
    }

    private func validateCounts(_ model: Model) throws {
        guard inputs.count == model.graph.inputs.count, targets.count == model.outputCount else {
            throw CognitronError(
                .data, model.displayName, "wrong number of inputs or targets",
                expected: "\(model.graph.inputs.count) inputs and \(model.outputCount) targets",
                got: "\(inputs.count) and \(targets.count)")
        }
        for samples in inputs + targets where samples.sampleCount != count {
            throw CognitronError(
                .data, model.displayName, "inputs and targets differ in their number of samples",
                expected: "\(count)", got: "\(samples.sampleCount)")
        }
        guard count > 0, inputs.allSatisfy({ $0.sampleShape.elementCount > 0 }) else {
            throw CognitronError(
                .data, model.displayName, "there are no data", expected: "at least one sample",
                got: "shape \(inputs.first?.shape ?? [])", advice: "check where the data come from")
        }
    }

    /// Reads all targets, a few thousand numbers at a time.
    private func validate(_ target: any Samples, _ loss: Loss, classCount: Int) throws {
        let step = max(1, 1 << 16 / max(1, target.sampleShape.elementCount))
        for start in stride(from: 0, to: count, by: step) {
            let part = target.batch(start..<min(start + step, count))
            try loss.validate(part, classCount: classCount, firstSample: start)
        }
    }

    /// The parts before and after sample `count − n`: Keras takes the validation data from the end.
    func splitOff(_ fraction: Double) throws -> (training: TrainingData, validation: TrainingData) {
        let kept = fraction > 0 && fraction < 1 ? Int(Double(count) * (1 - fraction)) : 0
        guard kept > 0, kept < count else {
            throw CognitronError(
                .argument, "validationSplit", "leaves no data to train on or to validate with",
                expected: "a number between 0 and 1", got: "\(fraction.text) of \(count) samples")
        }
        return (part(0..<kept), part(kept..<count))
    }

    private func part(_ range: Range<Int>) -> TrainingData {
        TrainingData(
            inputs: inputs.map { SampleRange($0, range) }, targets: targets.map { SampleRange($0, range) },
            sampleWeight: sampleWeight?[range])
    }

    /// Multiplies each sample's weight by that of its class.
    ///
    /// - Throws: `CognitronError` unless there is one target of class numbers, and the weights are finite.
    func weighted(byClass weights: [Int: Float]) throws -> TrainingData {
        guard targets.count == 1, targets[0].sampleShape.elementCount == 1 else {
            throw CognitronError(
                .argument, "classWeight", "needs one class number a sample",
                got: "targets of shape \(targets.map(\.shape.description).joined(separator: ", "))",
                advice: "use sampleWeight instead")
        }
        if let (number, weight) = weights.first(where: { !$0.value.isFinite }) {
            throw CognitronError(
                .argument, "classWeight", "the weight of class \(number) is not finite", expected: "a number",
                got: weight.text)
        }
        let factors = try targets[0].batch(0..<count).scalars.enumerated().map { sample, label in
            guard let number = Int(exactly: label) else {
                throw CognitronError(
                    .data, "classWeight: target of sample \(sample)", "is not the number of a class",
                    expected: "a whole number", got: label.text, advice: "use sampleWeight instead")
            }
            return weights[number] ?? 1
        }
        var result = self
        result.sampleWeight = sampleWeight.map { $0 * Tensor(factors) } ?? Tensor(factors)
        return result
    }
}

/// Some neighbours among samples, without a copy.
struct SampleRange: Samples {
    private let base: any Samples
    private let range: Range<Int>

    init(_ base: any Samples, _ range: Range<Int>) {
        self.base = base
        self.range = range
    }

    var shape: Shape { base.sampleShape.batched(range.count) }

    func batch(_ indices: some Collection<Int>) -> Tensor {
        base.batch(indices.map { $0 + range.lowerBound })
    }

    func trainingBatch(_ indices: some Collection<Int>, epoch: Int, _ key: RandomKey) -> Tensor {
        base.trainingBatch(indices.map { $0 + range.lowerBound }, epoch: epoch, key)
    }
}
