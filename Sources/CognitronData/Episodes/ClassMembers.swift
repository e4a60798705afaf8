import Cognitron

/// The samples of each class.
struct ClassMembers: Sendable {
    /// The class of each sample.
    let labels: [Int]
    /// The samples, class after class.
    private let ordered: [Int]
    /// Where each class lies in `ordered`.
    private let ranges: [Int: Range<Int>]

    init(_ labels: [Int]) {
        self.labels = labels
        let members = Dictionary(grouping: labels.indices) { labels[$0] }
        var (ordered, ranges): ([Int], [Int: Range<Int>]) = ([], [:])
        for label in members.keys.sorted() {
            let own = members[label, default: []]
            ranges[label] = ordered.count..<ordered.count + own.count
            ordered += own
        }
        (self.ordered, self.ranges) = (ordered, ranges)
    }

    var classCount: Int { ranges.count }

    /// The samples of each class that has at least `count`, in the order of the classes.
    func classes(ofAtLeast count: Int) -> [[Int]] {
        ranges.sorted { $0.key < $1.key }.map { Array(ordered[$0.value]) }.filter { $0.count >= count }
    }

    /// Another sample of the same class, or the sample itself where it is the only one.
    func partner(of sample: Int, _ random: inout RandomGenerator) -> Int {
        guard let range = ranges[labels[sample]], range.count > 1 else { return sample }
        let others = ordered[range].lazy.filter { $0 != sample }
        return others[others.index(others.startIndex, offsetBy: random.number(below: range.count - 1))]
    }

    /// A sample of another class; there is one.
    func stranger(to sample: Int, _ random: inout RandomGenerator) -> Int {
        let own = ranges[labels[sample]] ?? 0..<0
        let place = random.number(below: ordered.count - own.count)
        return ordered[place < own.lowerBound ? place : place + own.count]
    }
}
