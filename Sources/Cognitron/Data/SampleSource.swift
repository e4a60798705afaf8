/// Inputs, targets and weights with the same number of samples, as a source of batches: `fit(x, y)` makes
/// one.
public struct SampleSource: BatchSource {
    let inputs: [any Samples]
    let targets: [any Samples]
    /// One for each output; missing where all samples count alike.
    let weights: [(any Samples)?]

    /// - Parameter weights: the weight of each sample `(N)` or each row `(N, T)`, for each output.
    public init(_ inputs: [any Samples], _ targets: [any Samples] = [], weights: [(any Samples)?] = []) {
        self.inputs = inputs
        self.targets = targets
        self.weights = weights
    }

    public init(_ input: any Samples, _ target: any Samples) { self.init([input], [target]) }

    /// 0 without inputs, which `validate` rejects.
    var count: Int { inputs.first?.sampleCount ?? 0 }
    public var sampleCount: Int? { count }

    public var unit: String { inputs.first?.sampleShape.rank == 3 ? "images" : "samples" }

    public func batch(_ samples: [Int], _ draw: Draw?) throws -> Batch? {
        Batch(
            inputs: inputs.map { input in
                draw.map { input.trainingBatch(samples, epoch: $0.epoch, $0.key) } ?? input.batch(samples)
            },
            targets: targets.map { $0.batch(samples) }, weights: weights.map { $0?.batch(samples) })
    }

    public func validate() throws {
        for samples in inputs + targets where samples.sampleCount != count {
            throw CognitronError(
                .data, "the data", "inputs and targets differ in their number of samples",
                expected: "\(count)", got: "\(samples.sampleCount)")
        }
        for weights in weights.compactMap({ $0 }) where weights.sampleCount != count {
            throw CognitronError(
                .data, "sampleWeight", "does not fit the data", expected: "\(count) weights, one a sample",
                got: "shape \(weights.shape)")
        }
        guard count > 0, inputs.allSatisfy({ $0.sampleShape.elementCount > 0 }) else {
            throw CognitronError(
                .data, "input", "there are no data", expected: "at least one sample",
                got: inputs.first.map { "shape \($0.shape)" } ?? "no input",
                advice: "check where the data come from")
        }
    }
}

// MARK: - Parts and weights

extension SampleSource {
    /// Splits off the last samples for validation, as in Keras.
    func splitOff(_ fraction: Double) throws -> (training: SampleSource, validation: SampleSource) {
        guard fraction > 0, fraction < 1 else {
            throw CognitronError(
                .argument, "validationSplit", "is no share of the data", expected: "a number between 0 and 1",
                got: fraction.text)
        }
        let kept = Int(Double(count) * (1 - fraction))
        guard kept > 0, kept < count else {
            throw CognitronError(
                .argument, "validationSplit",
                "\(fraction.text) of \(count) samples leaves \(kept) to train on and "
                    + "\(count - kept) to validate with",
                expected: "at least one of each", advice: "give another share, or more samples")
        }
        return (part(0..<kept), part(kept..<count))
    }

    private func part(_ range: Range<Int>) -> SampleSource {
        SampleSource(
            inputs.map { SampleRange($0, range) }, targets.map { SampleRange($0, range) },
            weights: weights.map { $0.map { SampleRange($0, range) } })
    }

    /// Multiplies each sample's weights, for all outputs, by the weight of its class.
    ///
    /// - Throws: `CognitronError` unless there is one target of class numbers, and the weights are finite.
    func weighted(byClass classWeights: [Int: Float], outputCount: Int) throws -> SampleSource {
        guard targets.count == 1, targets[0].sampleShape.elementCount == 1 else {
            throw CognitronError(
                .argument, "classWeight", "needs one class number a sample",
                got: "targets of shape \(targets.map(\.shape.description).joined(separator: ", "))",
                advice: "use sampleWeight instead")
        }
        if let (number, weight) = classWeights.first(where: { !$0.value.isFinite }) {
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
            return classWeights[number, default: 1]
        }
        let byClass = Tensor(factors)
        let weighted = (0..<outputCount).map { output -> Tensor in
            guard weights.indices.contains(output), let own = weights[output]?.batch(0..<count) else {
                return byClass
            }
            return own * byClass.spread(over: own.shape)
        }
        return SampleSource(inputs, targets, weights: weighted)
    }
}

/// A range of samples, without a copy.
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
