/// How several ranks share the batches of a training: each batch is cut into shards, as equal as possible, of
/// which every rank computes as many, next to each other.
struct RankPlan: Sendable {
    let communicator: any Communicator
    let bucketBytes: Int
    /// The number of shards of a batch.
    let shards: Int
    /// Whether gradients are added in an order that does not depend on the number of ranks.
    let isOrdered: Bool
    /// Whether batch normalisation has the statistics of the whole batch.
    let synchronizes: Bool

    init(_ transform: AllReduce) {
        (communicator, bucketBytes) = (transform.communicator, transform.bucketBytes)
        shards = transform.shards ?? transform.communicator.size
        isOrdered = transform.shards != nil
        synchronizes = transform.synchronizedStatistics
    }

    /// What layers know of the ranks.
    func share(_ share: Float) -> RankShare {
        RankShare(communicator: communicator, share: share, synchronizes: synchronizes)
    }

    /// What must be the same on all ranks.
    var description: String {
        "\(shards) shards\(isOrdered ? " in order" : ""), buckets of \(bucketBytes) bytes"
            + (synchronizes ? ", synchronized statistics" : "")
    }

    var size: Int { communicator.size }
    var rank: Int { communicator.rank }

    /// The shards of this rank.
    var own: Range<Int> {
        let count = shards / size
        return rank * count..<(rank + 1) * count
    }

    /// The positions in a batch of `count` samples that a shard has; none where the batch is too small.
    func positions(of shard: Int, count: Int) -> Range<Int> {
        count * shard / shards..<count * (shard + 1) / shards
    }

    /// The share of a batch of `count` samples that a shard has.
    func share(of shard: Int, count: Int) -> Float {
        Float(positions(of: shard, count: count).count) / Float(max(1, count))
    }
}

/// The samples of this rank's shards: entry n · k + i is shard i, of k, of batch n.
///
/// An empty shard has the batch's first sample, with a share of 0: the rank runs the layers all the same, as
/// synchronized normalisation sums over all ranks.
struct ShardSamples: BatchNumbers {
    let whole: BatchSamples
    let plan: RankPlan

    var count: Int? { whole.count.map { $0 * plan.own.count } }

    subscript(number: Int) -> [Int]? {
        let own = plan.own
        guard let numbers = whole[number / own.count], let first = numbers.first else { return nil }
        let part = plan.positions(of: own.lowerBound + number % own.count, count: numbers.count)
        return part.isEmpty ? [first] : Array(numbers[part])
    }
}

/// The batches that one rank measures of those that all measure together: every batch as a whole.
struct RankBatches: BatchNumbers {
    let whole: BatchSamples
    let plan: RankPlan

    var count: Int? { whole.count.map { max(0, ($0 - plan.rank + plan.size - 1) / plan.size) } }

    subscript(number: Int) -> [Int]? { whole[number * plan.size + plan.rank] }
}

extension Batch {
    /// Some of the samples.
    func samples(_ range: Range<Int>) -> Batch {
        Batch(
            inputs: inputs.map { $0[range] }, targets: targets.map { $0[range] },
            weights: weights.map { $0.map { $0[range] } })
    }
}
