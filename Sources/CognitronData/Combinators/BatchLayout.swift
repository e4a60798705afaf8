import Cognitron

/// The shapes of a sample's tensors, and samples as records of numbers: what caches store.
struct BatchLayout: Codable, Equatable, Sendable {
    let inputs: [Shape]
    let targets: [Shape]
    let weights: [Shape?]

    init(_ batch: Batch) {
        inputs = batch.inputs.map(\.shape.sample)
        targets = batch.targets.map(\.shape.sample)
        weights = batch.weights.map { $0?.shape.sample }
    }

    private var shapes: [Shape] { inputs + targets + weights.compactMap(\.self) }

    /// The numbers of one sample; nil where they are too many to count.
    var recordSize: Int? {
        shapes.reduce(0) { sum, shape in
            guard let sum, let size = shape.checkedElementCount else { return nil }
            let (result, isTooMany) = sum.addingReportingOverflow(size)
            return isTooMany ? nil : result
        }
    }

    /// The numbers of each sample, one sample after another.
    func records(of batch: Batch) -> [Float] {
        let tensors = batch.inputs + batch.targets + batch.weights.compactMap(\.self)
        return Tensor.concatenated(
            tensors.map { $0.reshaped([batch.count, $0.shape.sample.elementCount]) }, axis: 1
        ).scalars
    }

    /// The batch of `count` records.
    func batch(of records: [Float], count: Int) -> Batch {
        let sizes = shapes.map(\.elementCount)
        let all = Tensor(records, shape: [count, sizes.reduce(0, +)])
        var parts = Swift.zip(all.split(sizes, axis: 1), shapes).map { $0.reshaped($1.batched(count)) }[...]
        return Batch(
            inputs: inputs.map { _ in parts.removeFirst() },
            targets: targets.map { _ in parts.removeFirst() },
            weights: weights.map { $0 == nil ? nil : parts.removeFirst() })
    }

    static func mixed(_ place: String) -> CognitronError {
        CognitronError(
            .data, place, "the samples differ in shape, or in whether they have weights",
            expected: "the same shapes in every batch",
            advice: "bring the samples to one shape before the cache, with map")
    }
}
