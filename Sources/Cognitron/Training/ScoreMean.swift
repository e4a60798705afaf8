/// The scores of an epoch so far: the means over samples of its batches' scores, or the last ones where they
/// are totals. A score that some batches lack is a mean over the others.
struct ScoreMean {
    private let isTotal: Bool
    private(set) var samples = 0
    private var latest = Scores()
    /// In the order of their first batches.
    private var names: [String] = []
    /// Σ score · samples, and Σ samples of the batches with that score.
    private var sums: [String: (scores: Double, samples: Int)] = [:]

    init(isTotal: Bool) { self.isTotal = isTotal }

    mutating func reset() { (samples, latest, names, sums) = (0, Scores(), [], [:]) }

    mutating func add(_ scores: Scores, samples count: Int) {
        samples += count
        latest = scores
        guard !isTotal else { return }
        for (name, value) in scores.pairs {
            if sums[name] == nil { names.append(name) }
            let sum = sums[name, default: (0, 0)]
            sums[name] = (sum.scores + Double(value) * Double(count), sum.samples + count)
        }
    }

    /// Adds the scores of another's batches. Totals count by their numbers of samples.
    mutating func merge(_ other: ScoreMean) {
        samples += other.samples
        let names = other.isTotal ? other.latest.names : other.names
        for name in names {
            let sum =
                other.isTotal
                ? (scores: Double(other.latest[name] ?? 0) * Double(other.samples), samples: other.samples)
                : other.sums[name, default: (0, 0)]
            if sums[name] == nil { self.names.append(name) }
            let own = sums[name, default: (0, 0)]
            sums[name] = (own.scores + sum.scores, own.samples + sum.samples)
        }
    }

    var scores: Scores {
        guard !isTotal else { return latest }
        var means = Scores()
        for name in names { means[name] = sums[name].map { Float($0.scores / Double(max(1, $0.samples))) } }
        return means
    }
}

extension ScoreMean: ResumableValue {
    var state: StateTree {
        let ordered = names.compactMap { sums[$0] }
        return [
            "samples": .integer(samples), "sumNames": StateTree(names),
            "sums": StateTree(ordered.map(\.scores)), "counts": StateTree(ordered.map(\.samples)),
            "names": StateTree(latest.names),
            "values": StateTree(latest.pairs.map(\.value)),
        ]
    }

    mutating func restore(_ state: StateTree) throws {
        let (latestNames, values): ([String], [Float]) = (try state.get("names"), try state.get("values"))
        let totals: [Double] = try state.get("sums")
        samples = try state.get("samples")
        // Checkpoints of earlier versions have the same scores in every batch.
        names = try state.getIfPresent("sumNames") ?? Array(latestNames.prefix(totals.count))
        let counts: [Int] = try state.getIfPresent("counts") ?? totals.map { _ in samples }
        guard names.count == totals.count, counts.count == totals.count, values.count == latestNames.count
        else {
            throw CognitronError(
                .file, "state", "an epoch's scores do not fit their names",
                advice: "the file is damaged: take another copy")
        }
        latest = Scores()
        for (name, value) in zip(latestNames, values) { latest[name] = value }
        sums = [:]
        for (index, name) in names.enumerated() { sums[name] = (totals[index], counts[index]) }
    }
}
