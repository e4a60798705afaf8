import Cognitron

/// Pairs of samples, and whether both are of the same class: what verification learns.
///
///     let pairs = try PairSource(SampleSource(train.images, train.labels))
///     try model.fit(pairs, batchSize: 32, epochs: 5)       // a model with two inputs, such as siamese
///
/// Inputs are (N, …) and (N, …); the target is (N, 1): 1 for the same class, 0 for others. Pair i is sample i
/// beside another of its class, or with the same chance beside a sample of another class. Training draws new
/// pairs in every epoch; evaluation always has the same.
///
/// - Source: Koch, Zemel and Salakhutdinov, "Siamese Neural Networks for One-shot Image Recognition" (2015).
public struct PairSource: BatchSource {
    private let base: any BatchSource
    private let members: ClassMembers

    private static let evaluationDraw = Draw(epoch: 0, key: RandomKey(seed: 0))

    /// - Parameters:
    ///   - base: samples with one input, whose first target is their class.
    ///   - labels: the class of each sample; read from the base by default.
    /// - Throws: `CognitronError.data` where a sample has no class, or all have the same.
    public init(_ base: any BatchSource, labels: [Int]? = nil) throws {
        let labels = try labels ?? base.labels()
        let count = try base.knownCount("pairs")
        guard labels.count == count else {
            throw CognitronError(
                .argument, "pairs", "labels and samples differ in number", expected: "\(count) labels",
                got: "\(labels.count)")
        }
        members = ClassMembers(labels)
        guard members.classCount >= 2 else {
            throw CognitronError(
                .data, "pairs", "there are no two classes to tell apart", expected: "two or more",
                got: "\(members.classCount)")
        }
        self.base = base
    }

    public var sampleCount: Int? { members.labels.count }
    public var unit: String { "pairs" }
    public func validate() throws { try base.validate() }

    public func batch(_ samples: [Int], _ draw: Draw?) throws -> Batch? {
        let pairs = samples.map { partner(of: $0, draw ?? Self.evaluationDraw) }
        // The same sample on both sides is changed at random in two ways.
        let second = draw.map { Draw(epoch: $0.epoch, key: $0.key.folding("partner")) }
        guard let left = try base.batch(samples, draw)?.inputs.first,
            let right = try base.batch(pairs.map(\.sample), second)?.inputs.first
        else { return nil }
        let target = Tensor(pairs.map { $0.isSame ? 1 : 0 as Float }, shape: [pairs.count, 1])
        return Batch(inputs: [left, right], targets: [target])
    }

    private func partner(of sample: Int, _ draw: Draw) -> (sample: Int, isSame: Bool) {
        var random = Draw(epoch: draw.epoch, key: draw.key.folding("pairs")).generator(for: sample)
        guard Bool.random(using: &random) else { return (members.stranger(to: sample, &random), false) }
        return (members.partner(of: sample, &random), true)
    }
}
