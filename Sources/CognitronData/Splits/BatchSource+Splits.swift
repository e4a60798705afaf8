import Cognitron

/// A source that knows the classes of its samples without reading them.
public protocol LabelledSource: BatchSource {
    /// The class of each sample; nil where they have none.
    var knownLabels: [Int]? { get }
}

extension BatchSource {
    /// The samples of a split.
    ///
    ///     let (train, test) = source.split(try TrainTestSplit(count: 506))
    ///     for fold in try Folds(5, stratifiedBy: source.labels()) {
    ///         let (train, validation) = source.split(fold)
    ///     }
    public func split(_ split: TrainTestSplit) -> (train: SelectedSource, test: SelectedSource) {
        (subset(split.train), subset(split.test))
    }

    /// A random split.
    ///
    /// - Parameters:
    ///   - isStratified: whether each class has its share in both parts; the first target must be classes.
    /// - Throws: `CognitronError` where the number of samples is not known or too small.
    public func split(
        testShare: Double, stratified isStratified: Bool = false, seed: UInt64 = 1
    ) throws -> (train: SelectedSource, test: SelectedSource) {
        split(
            try TrainTestSplit(
                count: knownCount("split"), testShare: testShare,
                stratifiedBy: isStratified ? labels() : nil, seed: seed))
    }

    /// The class of each sample: the first target, read from all samples.
    ///
    /// - Throws: `CognitronError.data` where a target is not one whole number.
    public func labels() throws -> [Int] {
        if let known = (self as? any LabelledSource)?.knownLabels { return known }
        let count = try knownCount("labels")
        return try stride(from: 0, to: count, by: 1_024).flatMap { start -> [Int] in
            let samples = Array(start..<min(start + 1_024, count))
            guard let target = try batch(samples, nil)?.targets.first, target.count == samples.count else {
                throw CognitronError(
                    .data, "labels", "the samples have no class", expected: "one class number a sample")
            }
            return try target.scalars.enumerated().map { row, scalar in
                guard let label = Int(exactly: scalar) else {
                    throw CognitronError(
                        .data, "target of sample \(samples[row])", "is not the number of a class",
                        expected: "a whole number", got: "\(scalar)")
                }
                return label
            }
        }
    }
}
