import Cognitron

/// The parts of a cross-validation: each sample is in the test part of one fold.
///
///     for fold in try Folds(5, count: 506) { … fold.train, fold.test … }
///     let folds = try Folds(5, stratifiedBy: labels)       // each class spread evenly
///     let folds = try Folds(5, groupedBy: patients)        // no group in both parts of a fold
///
/// - Source: scikit-learn's `KFold`, `StratifiedKFold` and `GroupKFold`. Samples are shuffled before they are
///   dealt out; groups are not: the largest goes to the smallest fold.
public struct Folds: Sendable, Equatable, RandomAccessCollection {
    /// The test samples of each fold, in rising order.
    private let tests: [[Int]]
    private let sampleCount: Int

    public var startIndex: Int { 0 }
    public var endIndex: Int { tests.count }

    public subscript(fold: Int) -> TrainTestSplit { TrainTestSplit(count: sampleCount, test: tests[fold]) }

    /// - Parameter foldCount: at least 2 and at most the number of samples.
    public init(_ foldCount: Int, count: Int, seed: UInt64 = 1) throws {
        try Self.check(foldCount, count, "samples")
        self.init(foldCount, Self.shuffled(Array(0..<count), seed))
    }

    /// - Parameter labels: the class of each sample; its samples are dealt out evenly.
    public init(_ foldCount: Int, stratifiedBy labels: [Int], seed: UInt64 = 1) throws {
        try Self.check(foldCount, labels.count, "samples")
        let shuffled = Self.shuffled(Array(labels.indices), seed)
        let places = Dictionary(grouping: shuffled) { labels[$0] }
        self.init(foldCount, places.keys.sorted().flatMap { places[$0, default: []] })
    }

    /// - Parameter groups: the group of each sample.
    public init(_ foldCount: Int, groupedBy groups: [Int]) throws {
        let members = Dictionary(grouping: groups.indices) { groups[$0] }
        try Self.check(foldCount, members.count, "groups")
        var tests = [[Int]](repeating: [], count: foldCount)
        let order = members.keys.sorted { a, b in
            (members[b, default: []].count, a) < (members[a, default: []].count, b)
        }
        for group in order {
            let smallest = tests.indices.min { tests[$0].count < tests[$1].count } ?? 0
            tests[smallest] += members[group, default: []]
        }
        (self.tests, sampleCount) = (tests.map { $0.sorted() }, groups.count)
    }

    /// Deals samples to the folds in turn.
    private init(_ foldCount: Int, _ samples: [Int]) {
        tests = (0..<foldCount).map { fold in
            stride(from: fold, to: samples.count, by: foldCount).map { samples[$0] }.sorted()
        }
        sampleCount = samples.count
    }

    private static func shuffled(_ samples: [Int], _ seed: UInt64) -> [Int] {
        var random = RandomKey(seed: seed).folding("folds").generator()
        return samples.shuffled(using: &random)
    }

    private static func check(_ foldCount: Int, _ count: Int, _ unit: String) throws {
        guard foldCount >= 2, foldCount <= count else {
            throw CognitronError(
                .argument, "folds", "there cannot be so many folds",
                expected: "2 to \(count), the number of \(unit)", got: "\(foldCount)")
        }
    }
}
