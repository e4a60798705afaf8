import CognitronKernels

/// The processes that train one model together, each on a part of every batch.
///
/// All ranks call the same methods in the same order. An operation that fails ends the program: a rank that
/// went on alone would leave the others waiting. `CognitronMPI` has the one of Open MPI; `SoloCommunicator`
/// is that of a single process.
public protocol Communicator: AnyObject, Sendable {
    /// The number of this process, from 0. Rank 0 prints and saves.
    var rank: Int { get }

    /// The number of processes.
    var size: Int { get }

    /// Begins to replace every number of a buffer by its sum over all ranks. The sums have the same bits on
    /// every rank.
    ///
    /// The buffer must not be touched until `wait` of the result has returned.
    func beginSum(_ buffer: SumBuffer) -> any PendingSum

    /// Sends a buffer to another rank, and receives that rank's, of the same length.
    func exchange(_ sent: SumBuffer, into received: SumBuffer, with other: Int)

    /// The bytes of every rank, in the order of the ranks, on every rank. Their lengths may differ.
    func gather(_ bytes: [UInt8]) -> [[UInt8]]

    /// Rank 0's bytes, on every rank. What other ranks give is not read.
    func broadcast(_ bytes: [UInt8]) -> [UInt8]
}

/// A sum over ranks that has begun.
public protocol PendingSum {
    /// Lets the sum go on, without waiting.
    func advance()

    /// Returns when the buffer holds the sums.
    func wait()
}

extension Communicator {
    /// Replaces every number by its sum over all ranks.
    public func sum(_ values: inout Tensor) {
        let buffer = SumBuffer(count: values.count)
        buffer.set(values, at: 0)
        beginSum(buffer).wait()
        values = buffer.tensor(values.shape, at: 0)
    }

    /// The sum of a number over all ranks.
    public func sum(of value: Float) -> Float {
        var value = Tensor([value])
        sum(&value)
        return value.scalar
    }
}

/// A single process: sums are the numbers themselves.
public final class SoloCommunicator: Communicator {
    public let rank = 0
    public let size = 1

    public init() {}

    private struct Done: PendingSum {
        func advance() {}
        func wait() {}
    }

    public func beginSum(_ buffer: SumBuffer) -> any PendingSum { Done() }
    public func exchange(_ sent: SumBuffer, into received: SumBuffer, with other: Int) {
        fail("a single process has no other to exchange with")
    }
    public func gather(_ bytes: [UInt8]) -> [[UInt8]] { [bytes] }
    public func broadcast(_ bytes: [UInt8]) -> [UInt8] { bytes }
}
