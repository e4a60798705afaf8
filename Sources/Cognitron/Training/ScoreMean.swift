/// The scores of an epoch so far: the mean over samples of those of its batches, or the last where they are
/// totals.
struct ScoreMean {
    private let isTotal: Bool
    private(set) var samples = 0
    private var latest = Scores()
    private var sums: [Double] = []

    init(isTotal: Bool) { self.isTotal = isTotal }

    mutating func reset() { (samples, latest, sums) = (0, Scores(), []) }

    mutating func add(_ scores: Scores, samples count: Int) {
        samples += count
        latest = scores
        guard !isTotal else { return }
        if sums.isEmpty { sums = scores.names.map { _ in 0 } }
        for (index, name) in scores.names.enumerated() where sums.indices.contains(index) {
            sums[index] += Double(scores[name] ?? .nan) * Double(count)
        }
    }

    var scores: Scores {
        guard !isTotal else { return latest }
        var means = Scores()
        for (name, sum) in zip(latest.names, sums) { means[name] = Float(sum / Double(max(1, samples))) }
        return means
    }
}

extension ScoreMean: ResumableValue {
    var state: StateTree {
        [
            "samples": .integer(samples), "sums": StateTree(sums), "names": StateTree(latest.names),
            "values": StateTree(latest.names.map { latest[$0] ?? .nan }),
        ]
    }

    mutating func restore(_ state: StateTree) throws {
        let (names, values): ([String], [Float]) = (try state.get("names"), try state.get("values"))
        (samples, sums) = (try state.get("samples"), try state.get("sums"))
        latest = Scores()
        for (name, value) in zip(names, values) { latest[name] = value }
    }
}
