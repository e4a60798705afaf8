import Cognitron

/// The numbers of the samples for training and of those for testing, each in rising order.
///
///     let split = try TrainTestSplit(count: 506, testShare: 0.2, seed: 1)
///     let split = try TrainTestSplit(count: 150, testShare: 0.2, stratifiedBy: labels)
///     let split = try TrainTestSplit(groupedBy: patients, testShare: 0.2)
///
/// The same arguments choose the same samples.
///
/// - Source: scikit-learn's `train_test_split`, `StratifiedShuffleSplit` and `GroupShuffleSplit`.
public struct TrainTestSplit: Sendable, Equatable {
    public let train: [Int]
    public let test: [Int]

    /// Chooses at random.
    ///
    /// - Parameters:
    ///   - testShare: rounded to whole samples; at least one is left for each part.
    ///   - labels: the class of each sample; where given, each class has about its share in both parts
    ///     (largest remainders, equal ones in random order).
    /// - Throws: `CognitronError.argument` where a part would have no samples.
    public init(
        count: Int, testShare: Double = 0.2, stratifiedBy labels: [Int]? = nil, seed: UInt64 = 1
    ) throws {
        let testCount = try Self.testCount(of: count, testShare, "samples")
        if let labels, labels.count != count {
            throw CognitronError(
                .argument, "stratifiedBy", "does not fit the samples", expected: "\(count) labels",
                got: "\(labels.count)")
        }
        var random = RandomKey(seed: seed).folding("split").generator()
        let shuffled = (0..<count).shuffled(using: &random)
        let chosen =
            labels.map { Self.stratified(shuffled, $0, testCount, &random) } ?? Array(shuffled[..<testCount])
        self.init(count: count, test: chosen)
    }

    /// Chooses whole groups, such as the pictures of one patient: no group is in both parts.
    ///
    /// - Parameters:
    ///   - groups: the group of each sample.
    ///   - testShare: the share of the groups.
    public init(groupedBy groups: [Int], testShare: Double = 0.2, seed: UInt64 = 1) throws {
        let names = Set(groups).sorted()
        let testCount = try Self.testCount(of: names.count, testShare, "groups")
        var random = RandomKey(seed: seed).folding("split").generator()
        let chosen = Set(names.shuffled(using: &random)[..<testCount])
        self.init(count: groups.count, test: groups.indices.filter { chosen.contains(groups[$0]) })
    }

    init(count: Int, test: [Int]) {
        let isTest = Set(test)
        self.test = test.sorted()
        train = (0..<count).filter { !isTest.contains($0) }
    }

    private static func testCount(of count: Int, _ share: Double, _ unit: String) throws -> Int {
        guard share > 0, share < 1 else {
            throw CognitronError(
                .argument, "testShare", "is no share of the data", expected: "a number between 0 and 1",
                got: "\(share)")
        }
        guard count >= 2 else {
            throw CognitronError(
                .argument, "split", "there are too few \(unit) for two parts", expected: "at least 2",
                got: "\(count)")
        }
        return min(max(Int((Double(count) * share).rounded()), 1), count - 1)
    }

    /// The first samples of each class, in numbers that add up to `testCount`.
    private static func stratified(
        _ shuffled: [Int], _ labels: [Int], _ testCount: Int, _ random: inout some RandomNumberGenerator
    ) -> [Int] {
        let byClass = Dictionary(grouping: shuffled) { labels[$0] }
        let classes = byClass.keys.sorted()
        let sizes = classes.map { byClass[$0]?.count ?? 0 }
        let quotas = sizes.apportioned(testCount, favouring: classes.indices.shuffled(using: &random))
        return zip(classes, quotas).flatMap { name, quota in byClass[name, default: []].prefix(quota) }
    }
}

extension [Int] {
    /// Whole parts of `total` in proportion to these sizes: rounded down, and one more for the largest
    /// remainders.
    ///
    /// - Parameter favoured: all indices; of equal remainders, the first in this order count as larger.
    func apportioned(_ total: Int, favouring favoured: [Int]) -> [Int] {
        let sum = reduce(0, +)
        guard sum > 0 else { return self }
        var parts = map { $0 * total / sum }
        let remainders = map { $0 * total % sum }
        let order = favoured.enumerated().sorted {
            (remainders[$1.element], $0.offset) < (remainders[$0.element], $1.offset)
        }.map(\.element)
        for index in order.prefix(total - parts.reduce(0, +)) { parts[index] += 1 }
        return parts
    }
}
