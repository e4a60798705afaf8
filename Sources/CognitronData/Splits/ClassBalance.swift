import Cognitron

/// Means against classes of different sizes.
public enum ClassBalance {
    /// The weight of each class, for `fit(classWeight:)`:
    ///
    ///     weight(c) = samples / (classes · samples of class c)
    ///
    /// So every class has the same total weight, and the mean weight is 1.
    ///
    /// - Source: scikit-learn's `compute_class_weight("balanced")`.
    public static func weights(_ labels: [Int]) -> [Int: Float] {
        let counts = Dictionary(labels.map { ($0, 1) }, uniquingKeysWith: +)
        return counts.mapValues { Float(labels.count) / Float(counts.count * $0) }
    }

    /// The numbers of samples with those of the smaller classes repeated, so that all classes have as many
    /// as the largest. Every sample comes at least once; which ones come once more is random.
    ///
    ///     let balanced = train.subset(ClassBalance.oversampled(try train.labels()))
    public static func oversampled(_ labels: [Int], seed: UInt64 = 1) -> [Int] {
        let members = Dictionary(grouping: labels.indices) { labels[$0] }
        let largest = members.values.map(\.count).max() ?? 0
        var random = RandomKey(seed: seed).folding("oversampling").generator()
        return members.keys.sorted().flatMap { label in
            let own = members[label, default: []]
            let shuffled = own.shuffled(using: &random)
            return own + (0..<largest - own.count).map { shuffled[$0 % shuffled.count] }
        }
    }
}
