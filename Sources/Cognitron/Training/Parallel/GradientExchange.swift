import CognitronKernels
import Foundation

/// The sums over ranks of one network's gradients.
///
/// Gradients are copied into buckets in the reverse order of the layers, which is about the order in which
/// the backward pass completes them. A full bucket is sent at once. The last numbers of the last bucket say
/// how many ranks have a gradient of each parameter: one that no rank has is not updated.
///
/// `@unchecked Sendable`: only the thread that trains uses it.
final class GradientExchange: StepObserver, @unchecked Sendable {
    private let communicator: any Communicator
    /// The trainable parameters, each once, in the order in which they are sent.
    private let parameters: [Parameter]
    private let buckets: [Bucket]
    /// The position of each parameter in `parameters`.
    private let positions: [ObjectIdentifier: Int]
    /// Sums over the shards of a batch in a fixed order; nil where the order is free.
    private let ordered: ShardSums?

    /// The share of the batch that this rank computes.
    var share: Float = 1
    /// The nodes of the model's graph that still add to each parameter's gradient.
    private var remaining: [Int] = []
    /// The parameters of the nodes of the model's graph, by the nodes' names.
    private var parametersOfNodes: [String: [Int]] = [:]
    private var isPacked: [Bool] = []
    private var pending: [any PendingSum] = []
    /// The time in which the training waited for sums, and the bytes that were summed.
    private(set) var waited = Duration.zero
    private(set) var bytes = 0

    /// Parameters that are summed together.
    private struct Bucket {
        let buffer: SumBuffer
        let members: Range<Int>
        /// Where the gradient of each member begins.
        let starts: [Int]
    }

    init(
        _ communicator: any Communicator, _ all: [Parameter], bucketBytes: Int, isOrdered: Bool
    ) {
        self.communicator = communicator
        let parameters = Array(Self.sent(all).reversed())
        self.parameters = parameters
        positions = Dictionary(
            uniqueKeysWithValues: parameters.enumerated().map { ($0.element.identity, $0.offset) })
        buckets = Self.buckets(parameters, least: isOrdered ? .max : bucketBytes)
        ordered = isOrdered ? ShardSums(communicator) : nil
    }

    private static func sent(_ parameters: [Parameter]) -> [Parameter] {
        parameters.untied.filter(\.isTrainable)
    }

    /// Whether the exchange is of these parameters: layers may have been frozen or thawed since.
    func fits(_ all: [Parameter]) -> Bool {
        let sent = Self.sent(all)
        return sent.count == parameters.count
            && zip(sent, parameters.reversed()).allSatisfy { $0.identity == $1.identity }
    }

    private static func buckets(_ parameters: [Parameter], least: Int) -> [Bucket] {
        var buckets: [Bucket] = []
        var (first, count, starts) = (0, 0, [Int]())
        for (index, parameter) in parameters.enumerated() {
            starts.append(count)
            count += parameter.shape.elementCount
            let isLast = index == parameters.count - 1
            guard isLast || count * MemoryLayout<Float>.size >= least else { continue }
            let flags = isLast ? parameters.count : 0
            buckets.append(
                Bucket(buffer: SumBuffer(count: count + flags), members: first..<index + 1, starts: starts))
            (first, count, starts) = (index + 1, 0, [])
        }
        return buckets
    }

    // MARK: During the backward pass

    /// Begins a step whose backward pass is observed.
    func begin(_ graph: Graph) {
        reset()
        guard ordered == nil else { return }
        remaining = parameters.map { _ in 0 }
        parametersOfNodes = [:]
        for node in graph.nodes {
            let own = (node.inner?.parameters ?? node.layer.allParameters).untied
                .compactMap { positions[$0.identity] }
            // The nodes of a layer that is used several times have one name.
            parametersOfNodes[node.name] = own
            for position in own { remaining[position] += 1 }
        }
    }

    private func reset() {
        // A sum of a step that failed may still be written to.
        for sum in pending { sum.wait() }
        isPacked = parameters.map { _ in false }
        pending = []
        (remaining, parametersOfNodes) = ([], [:])
    }

    func forwardEnded(_ path: String, _ layer: (any AnyLayer)?, _ outputs: [Tensor]) {}

    func backwardEnded(_ path: String, _ layer: (any AnyLayer)?, _ gradients: [Tensor]) {
        // Of a layer inside another, the outer one's end is awaited.
        guard layer != nil, let own = parametersOfNodes[path] else { return }
        for position in own { remaining[position] -= 1 }
        pending.last?.advance()
        // Every rank must begin the sums in the same order.
        while pending.count < buckets.count - 1, isReady(buckets[pending.count]) { send(pending.count) }
    }

    private func isReady(_ bucket: Bucket) -> Bool { bucket.members.allSatisfy { remaining[$0] <= 0 } }

    /// Moves the gradients of a bucket into its buffer and begins their sum. A regularizer, whose gradient is
    /// the same on every rank, adds to the empty gradients afterwards.
    private func send(_ index: Int) {
        pack(index)
        let buffer = buckets[index].buffer
        bytes += buffer.count * MemoryLayout<Float>.size
        pending.append(communicator.beginSum(buffer))
    }

    private func pack(_ index: Int) {
        let bucket = buckets[index]
        for (member, start) in zip(bucket.members, bucket.starts) {
            let parameter = parameters[member]
            guard parameter.hasGradient else {
                bucket.buffer.clear(parameter.shape.elementCount, at: start)
                continue
            }
            bucket.buffer.set(parameter.gradient, at: start, factor: share)
            parameter.clearGradient()
            isPacked[member] = true
        }
        guard index == buckets.count - 1 else { return }
        for (position, flag) in isPacked.enumerated() {
            bucket.buffer[firstFlag + position] = flag ? 1 : 0
        }
    }

    /// Where the numbers of ranks with a gradient of each parameter begin in the last bucket.
    private var firstFlag: Int { (buckets.last?.buffer.count ?? 0) - parameters.count }

    /// Whether any rank has a gradient of a parameter.
    private func hasGradient(_ position: Int) -> Bool {
        buckets.last.map { $0.buffer[firstFlag + position] > 0 } ?? false
    }

    // MARK: Shards in order

    /// Takes the gradients and statistics of one shard of the batch; they are empty afterwards.
    func endShard(_ statistics: SharedStatistics, share: Float) {
        guard let ordered else { fail("an exchange without shards") }
        self.share = share
        isPacked = parameters.map { _ in false }
        if !buckets.isEmpty { pack(0) }
        ordered.add([buckets.first?.buffer, statistics.differences(share: share)].compactMap { $0 })
    }

    /// Sums the shards of all ranks, and gives the statistics their new values.
    func endShards(_ statistics: SharedStatistics) {
        guard let ordered else { fail("an exchange without shards") }
        var sums = ordered.finish()
        bytes += ordered.takeBytes()
        if let last = sums.popLast() { statistics.set(last) }
        if let gradients = sums.popLast(), let bucket = buckets.first {
            bucket.buffer.set(gradients)
        }
    }

    // MARK: At the end

    /// Waits for all sums and adds them to the gradients.
    func finish() {
        if ordered == nil {
            if isPacked.count != parameters.count { reset() }
            while pending.count < buckets.count { send(pending.count) }
            let began = ContinuousClock.now
            for sum in pending { sum.wait() }
            pending = []
            waited += .now - began
        }
        for bucket in buckets {
            for (member, start) in zip(bucket.members, bucket.starts) where hasGradient(member) {
                parameters[member].accumulate(
                    bucket.buffer.tensor(parameters[member].shape, at: start))
            }
        }
        isPacked = []
    }
}
