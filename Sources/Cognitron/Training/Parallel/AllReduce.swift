/// Averages gradients over the ranks that train one model: data-parallel training.
///
///     try model.compile(
///         optimizer: Adam(), loss: .sparseCategoricalCrossentropy,
///         gradients: [.allReduce(communicator), .clip(globalNorm: 1)])
///     try model.fit(source, batchSize: 128, epochs: 5)           // on every rank
///
/// Every rank calls `fit` with the same arguments. Each batch is cut into one part a rank, without overlap;
/// `batchSize` is that of all parts together, and gradients count by numbers of samples, so the training is
/// the same with any number of ranks, but for the order in which numbers are added, where the loss is a mean
/// over samples. Of other losses (sums; means over the steps that a mask leaves, over objects or over weights)
/// it is the mean over ranks; augmentations that mix samples mix those of a part. Rank 0's state is taken over at the start. Statistics of batch
/// normalisation are those of each rank's part and averaged after every step; those of the whole batch with
/// `synchronizedStatistics`. Scores of an epoch are merged over ranks; within an epoch a rank
/// has those of its own part.
///
/// Gradients are sent in buckets while the backward pass of a `SupervisedStep` goes on; those of other steps
/// when they update a network.
///
/// With `shards` a batch is always cut into that many parts, of which a rank computes one after the other,
/// and gradients are added in the order of a binary tree over the parts: 1, 2 and 4 ranks then give the same
/// bits with 4 shards. Such a training sends nothing before the backward pass has ended, and adds by exchanges
/// between pairs of ranks.
///
/// - Source: Sergeev and Del Balso, "Horovod" (2018); Li et al., "PyTorch Distributed" (2020), section 3.2.
public struct AllReduce: GradientTransform {
    public let communicator: any Communicator
    public let shards: Int?
    public let synchronizedStatistics: Bool
    /// The least size of a bucket, in bytes.
    public let bucketBytes: Int

    /// The sums of the network whose gradients these are; made at the first step.
    private(set) var exchange: GradientExchange?

    init(
        _ communicator: any Communicator, shards: Int?, synchronizedStatistics: Bool, bucketBytes: Int
    ) {
        (self.communicator, self.shards, self.bucketBytes) = (communicator, shards, bucketBytes)
        self.synchronizedStatistics = synchronizedStatistics
    }

    public func validate() throws {
        guard bucketBytes >= 1 else {
            throw CognitronError(
                .argument, "allReduce", "invalid bucketBytes", expected: "at least 1", got: "\(bucketBytes)")
        }
        guard let shards else { return }
        let size = communicator.size
        guard shards >= 1, shards % size == 0, shards.nonzeroBitCount == 1, size.nonzeroBitCount == 1 else {
            throw CognitronError(
                .argument, "allReduce", "invalid shards",
                expected: "a power of two that the number of ranks, a power of two too, divides",
                got: "\(shards) shards on \(size) ranks",
                advice: "leave shards out where the bits need not be the same with other numbers of ranks")
        }
    }

    public var isKept: Bool { false }

    public mutating func apply(to parameters: [Parameter]) throws -> Bool {
        let exchange = prepare(parameters)
        exchange.finish()
        return true
    }

    /// The exchange of these parameters.
    mutating func prepare(_ parameters: [Parameter]) -> GradientExchange {
        if let exchange, exchange.fits(parameters) { return exchange }
        let new = GradientExchange(
            communicator, parameters, bucketBytes: bucketBytes, isOrdered: shards != nil)
        exchange = new
        return new
    }
}

extension GradientTransform where Self == AllReduce {
    /// Averages gradients over ranks. Must be the first transform.
    ///
    /// - Parameters:
    ///   - communicator: the ranks.
    ///   - shards: parts of every batch, for the same bits with any number of ranks that divides it; both
    ///     powers of two. By default one part a rank, in whatever order is fastest.
    ///   - synchronizedStatistics: whether all batch normalisation has the statistics of the whole batch, as
    ///     with `synchronized` of the layer; takes two sums a layer in each direction.
    ///   - bucketBytes: gradients are sent when this many bytes are ready.
    public static func allReduce(
        _ communicator: any Communicator, shards: Int? = nil, synchronizedStatistics: Bool = false,
        bucketBytes: Int = 1 << 22
    ) -> AllReduce {
        AllReduce(
            communicator, shards: shards, synchronizedStatistics: synchronizedStatistics,
            bucketBytes: bucketBytes)
    }
}
