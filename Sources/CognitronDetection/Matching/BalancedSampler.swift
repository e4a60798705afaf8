import Cognitron

/// Chooses the anchors of a picture that a step learns from, a share of them with objects.
///
///     let (positives, negatives) = BalancedSampler(count: 256, positiveShare: 0.5).sample(matches, key)
///
/// At most `count · positiveShare` anchors with objects, and background up to `count`. The same key gives the
/// same anchors.
///
/// - Source: torchvision `BalancedPositiveNegativeSampler`.
public struct BalancedSampler: Sendable {
    public let count: Int
    public let positiveShare: Float

    public init(count: Int, positiveShare: Float) {
        precondition(
            count > 0 && (0...1).contains(positiveShare),
            "BalancedSampler needs a count above 0 and a share from 0 to 1, got \(count) and \(positiveShare)"
        )
        (self.count, self.positiveShare) = (count, positiveShare)
    }

    /// The numbers of the chosen anchors, in rising order.
    public func sample(
        _ matches: [AnchorMatch], _ key: RandomKey
    ) -> (positives: [Int], negatives: [Int]) {
        let objects = matches.indices.filter { matches[$0].object != nil }
        let background = matches.indices.filter { matches[$0] == .background }
        let positives = Self.some(Int(Float(count) * positiveShare), of: objects, key.folding("positives"))
        return (positives, Self.some(count - positives.count, of: background, key.folding("negatives")))
    }

    /// Some of the numbers, all equally likely: the first steps of a shuffle.
    private static func some(_ count: Int, of numbers: [Int], _ key: RandomKey) -> [Int] {
        guard count < numbers.count else { return numbers }
        var (numbers, generator) = (numbers, key.generator())
        for index in 0..<count {
            numbers.swapAt(index, Int.random(in: index..<numbers.count, using: &generator))
        }
        return numbers.prefix(count).sorted()
    }
}
