import CognitronKernels

/// Sums over the shards of a batch in the order of a binary tree: ((0 + 1) + (2 + 3)) of four. The order does
/// not depend on how many ranks compute the shards, so neither do the bits.
///
/// Each rank adds its own shards, which are a subtree; then pairs of ranks exchange their sums (recursive
/// doubling). a + b and b + a have the same bits, so both have the same sum.
final class ShardSums {
    private let communicator: any Communicator
    /// Sums of subtrees, from the largest to the smallest.
    private var subtrees: [(shards: Int, sums: [SumBuffer])] = []
    private var bytes = 0

    init(_ communicator: any Communicator) { self.communicator = communicator }

    /// Adds a copy of one shard's numbers.
    func add(_ numbers: [SumBuffer]) {
        subtrees.append((1, numbers.map { $0.copy() }))
        while subtrees.count > 1, subtrees[subtrees.count - 1].shards == subtrees[subtrees.count - 2].shards {
            let right = subtrees.removeLast()
            let left = subtrees.removeLast()
            for (sum, other) in zip(left.sums, right.sums) { sum.add(other) }
            subtrees.append((left.shards + right.shards, left.sums))
        }
    }

    /// The sums over the shards of all ranks.
    func finish() -> [SumBuffer] {
        guard subtrees.count == 1, let sums = subtrees.popLast()?.sums else {
            fail("a rank's number of shards is no power of two")
        }
        var distance = 1
        while distance < communicator.size {
            for sum in sums {
                let received = SumBuffer(count: sum.count)
                communicator.exchange(sum, into: received, with: communicator.rank ^ distance)
                sum.add(received)
                bytes += sum.count * MemoryLayout<Float>.size
            }
            distance *= 2
        }
        return sums
    }

    /// The bytes sent since the last call.
    func takeBytes() -> Int {
        defer { bytes = 0 }
        return bytes
    }
}
