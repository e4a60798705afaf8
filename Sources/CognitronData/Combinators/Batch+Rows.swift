import Cognitron

extension Batch {
    /// The samples with these numbers in the batch, in this order.
    func rows(_ numbers: [Int]) -> Batch {
        Batch(
            inputs: inputs.map { $0.gathering(numbers, axis: 0) },
            targets: targets.map { $0.gathering(numbers, axis: 0) },
            weights: weights.map { $0?.gathering(numbers, axis: 0) })
    }

    /// Batches one after another.
    ///
    /// - Throws: `CognitronError.data` where their samples differ in shape or number of tensors.
    static func joined(_ batches: [Batch]) throws -> Batch {
        guard let first = batches.first, batches.count > 1 else { return batches.first ?? Batch(inputs: []) }
        let weightCount = batches.map(\.weights.count).max() ?? 0
        return Batch(
            inputs: try first.inputs.indices.map { try joined(batches.map(\.inputs), $0, "input") },
            targets: try first.targets.indices.map { try joined(batches.map(\.targets), $0, "target") },
            weights: try (0..<weightCount).map { try joinedWeights(batches, $0) })
    }

    private static func joined(_ lists: [[Tensor]], _ index: Int, _ role: String) throws -> Tensor {
        let tensors = lists.compactMap { $0.indices.contains(index) ? $0[index] : nil }
        let shapes = tensors.map(\.shape.sample)
        guard tensors.count == lists.count, Set(lists.map(\.count)).count == 1,
            shapes.allSatisfy({ $0 == shapes[0] })
        else {
            throw CognitronError(
                .data, "\(role) \(index + 1)", "samples that belong together differ in shape",
                expected: shapes.first.map { "\($0)" },
                got: shapes.first { $0 != shapes[0] }.map { "\($0)" } ?? "none",
                advice: "bring the samples to one shape first, with map")
        }
        return Tensor.concatenated(tensors, axis: 0)
    }

    /// Weights of 1 where a batch has none.
    private static func joinedWeights(_ batches: [Batch], _ index: Int) throws -> Tensor? {
        guard let sample = batches.lazy.compactMap({ $0.weight(index)?.shape.sample }).first else {
            return nil
        }
        return try joined(
            batches.map { [$0.weight(index) ?? .ones(sample.batched($0.count))] }, 0, "weight")
    }
}
