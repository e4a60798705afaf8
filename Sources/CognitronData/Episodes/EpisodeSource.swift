import Cognitron

/// Batches of a few classes with a few samples each: episodes of few-shot learning, and batches for losses of
/// embeddings, which compare the samples of a batch.
///
///     let episodes = try EpisodeSource(source, ways: 20, samplesPerClass: 4)
///     try model.compile(optimizer: Adam(), loss: .prototypical(shots: 1))
///     try model.fit(episodes, batchSize: episodes.batchSize, epochs: 10, stepsPerEpoch: 100)
///
/// A batch has the base's inputs and targets of `ways` classes, class after class, drawn anew for each batch.
/// Its size must be `batchSize`. The number of samples is not known (nil), so that they keep their order.
///
/// - Source: Vinyals et al., "Matching Networks for One Shot Learning" (2016).
public struct EpisodeSource: BatchSource {
    /// The number of classes in a batch.
    public let ways: Int
    public let samplesPerClass: Int
    /// The number of episodes after which the source ends; nil for no end.
    public let episodeCount: Int?

    private let base: any BatchSource
    /// The samples of the classes that are large enough.
    private let classes: [[Int]]

    /// - Parameters:
    ///   - base: samples whose first target is their class.
    ///   - labels: the class of each sample; read from the base by default.
    ///   - episodeCount: where the source ends. `evaluate` needs it, `fit` only without `stepsPerEpoch`.
    /// - Throws: `CognitronError` where there are fewer than `ways` classes of `samplesPerClass` samples.
    public init(
        _ base: any BatchSource, labels: [Int]? = nil, ways: Int, samplesPerClass: Int,
        episodeCount: Int? = nil
    ) throws {
        for (argument, value) in [("ways", ways), ("samplesPerClass", samplesPerClass)] where value < 1 {
            throw CognitronError(
                .argument, "episodes", "invalid \(argument)", expected: "at least 1", got: "\(value)")
        }
        classes = ClassMembers(try labels ?? base.labels()).classes(ofAtLeast: samplesPerClass)
        guard classes.count >= ways else {
            throw CognitronError(
                .data, "episodes", "there are too few classes with \(samplesPerClass) samples or more",
                expected: "\(ways) or more", got: "\(classes.count)",
                advice: "use fewer ways, or fewer samples of a class")
        }
        (self.base, self.ways, self.samplesPerClass) = (base, ways, samplesPerClass)
        self.episodeCount = episodeCount
    }

    /// The number of samples in an episode.
    public var batchSize: Int { ways * samplesPerClass }

    public var sampleCount: Int? { nil }
    public var unit: String { base.unit }
    public func validate() throws { try base.validate() }

    /// - Throws: `CognitronError.argument` where the samples are not those of one episode.
    public func batch(_ samples: [Int], _ draw: Draw?) throws -> Batch? {
        guard let first = samples.first, samples.count == batchSize, first % batchSize == 0 else {
            throw CognitronError(
                .argument, "episodes", "a batch is not an episode", expected: "batchSize: \(batchSize)",
                got: "\(samples.count) samples", advice: "pass episodes.batchSize")
        }
        let episode = first / batchSize
        if let episodeCount, episode >= episodeCount { return nil }
        let key = (draw?.key ?? RandomKey(seed: 0)).folding("episodes").folding(episode)
        return try base.batch(
            members(key.folding(draw?.epoch ?? 0)), draw.map { Draw(epoch: $0.epoch, key: key) })
    }

    private func members(_ key: RandomKey) -> [Int] {
        var random = key.generator()
        return classes.drawn(ways, &random).flatMap { $0.drawn(samplesPerClass, &random) }
    }
}

extension Array {
    /// `count` different elements in random order.
    fileprivate func drawn(_ count: Int, _ random: inout RandomGenerator) -> [Element] {
        var rest = self
        for place in 0..<count { rest.swapAt(place, place + random.number(below: rest.count - place)) }
        return Array(rest.prefix(count))
    }
}
