import Cognitron

/// Batches changed by a function: see `map`.
struct MappedSource: BatchSource {
    let base: any BatchSource
    let transform: @Sendable (Batch, _ samples: [Int], Draw?) throws -> Batch

    var sampleCount: Int? { base.sampleCount }
    var unit: String { base.unit }
    func validate() throws { try base.validate() }
    func ordered(_ samples: [Int], batchSize: Int) -> [Int] {
        base.ordered(samples, batchSize: batchSize)
    }

    func batch(_ samples: [Int], _ draw: Draw?) throws -> Batch? {
        guard let batch = try base.batch(samples, draw) else { return nil }
        let result = try transform(batch, samples, draw)
        guard result.count == batch.count else {
            throw CognitronError(
                .data, "map", "the function changed the number of samples", expected: "\(batch.count)",
                got: "\(result.count)")
        }
        return result
    }
}

extension BatchSource {
    /// The batches, changed by a function.
    ///
    ///     let logarithms = homes.map { batch in
    ///         Batch(inputs: batch.inputs, targets: batch.targets.map { $0.logarithm() })
    ///     }
    ///
    /// - Parameter transform: gets a batch and returns one of as many samples. Several threads may call it.
    public func map(_ transform: @escaping @Sendable (Batch) throws -> Batch) -> some BatchSource {
        MappedSource(base: self) { batch, _, _ in try transform(batch) }
    }

    /// The batches, changed by a function that makes random changes.
    ///
    /// - Parameter transform: also gets the samples' numbers and the draw, nil in evaluation.
    ///   `draw.generator(for: sample)` gives each sample random numbers of its own.
    public func map(
        _ transform: @escaping @Sendable (Batch, _ samples: [Int], Draw?) throws -> Batch
    ) -> some BatchSource {
        MappedSource(base: self, transform: transform)
    }
}
