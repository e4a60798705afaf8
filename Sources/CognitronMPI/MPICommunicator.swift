import CMPI
import Cognitron
import Foundation

/// The processes that `mpirun` has started, by Open MPI.
///
///     let communicator = try MPICommunicator()
///     try model.compile(optimizer: Adam(), loss: .huber, gradients: [.allReduce(communicator)])
///     try model.fit(source, batchSize: 128, epochs: 5)
///     communicator.finalize()
///
/// One a program. MPI's own errors end all ranks (`MPI_ERRORS_ARE_FATAL`), as does a rank that ends without
/// `finalize`.
public final class MPICommunicator: Communicator {
    public let rank: Int
    public let size: Int
    /// The name of the machine that this rank runs on.
    public let host: String

    /// Joins the other ranks. A program that `mpirun` has not started is the only one.
    ///
    /// - Throws: `CognitronError` where MPI cannot be started, or was before.
    public init() throws {
        var isRunning: Int32 = 0
        MPI_Initialized(&isRunning)
        guard isRunning == 0 else {
            throw CognitronError(
                .argument, "MPICommunicator", "MPI was started before",
                advice: "make one communicator a program")
        }
        var level: Int32 = 0
        guard cmpi_init(&level) == MPI_SUCCESS, Int(level) >= Int(MPI_THREAD_SERIALIZED) else {
            throw CognitronError(
                .argument, "MPICommunicator", "MPI cannot be called from a program with several threads",
                expected: "MPI_THREAD_SERIALIZED", got: "\(level)",
                advice: "build Open MPI with support for threads")
        }
        var (rank, size): (Int32, Int32) = (0, 0)
        guard cmpi_rank(&rank) == MPI_SUCCESS, cmpi_size(&size) == MPI_SUCCESS else {
            throw CognitronError(.argument, "MPICommunicator", "MPI does not tell the rank")
        }
        (self.rank, self.size, host) = (Int(rank), Int(size), ProcessInfo.processInfo.hostName)
    }

    /// Leaves the other ranks; returns when all have called it.
    public func finalize() { MPI_Finalize() }

    /// Ends all ranks, with an exit status.
    public func abort(status: Int32) -> Never {
        _ = cmpi_abort(status)
        exit(status)
    }

    /// A sum by `MPI_Iallreduce`.
    private final class Sum: PendingSum {
        private var request: MPI_Request?
        /// Retained until the sum has ended: MPI writes to it.
        private let buffer: SumBuffer

        init(_ buffer: SumBuffer) {
            self.buffer = buffer
            cmpi_begin_sum(buffer.pointer, MPICommunicator.count(buffer.count), &request)
        }

        func advance() { cmpi_test(&request) }
        func wait() { cmpi_wait(&request) }
    }

    public func beginSum(_ buffer: SumBuffer) -> any PendingSum { Sum(buffer) }

    public func exchange(_ sent: SumBuffer, into received: SumBuffer, with other: Int) {
        cmpi_exchange(sent.pointer, received.pointer, Self.count(sent.count), Self.count(other))
    }

    public func gather(_ bytes: [UInt8]) -> [[UInt8]] {
        var own = Self.count(bytes.count)
        var counts = [Int32](repeating: 0, count: size)
        cmpi_gather_counts(&own, &counts)
        var starts: [Int32] = []
        var total: Int32 = 0
        for count in counts {
            starts.append(total)
            total = Self.count(Int(total) + Int(count))
        }
        var all = [UInt8](repeating: 0, count: Int(total))
        cmpi_gather(bytes, own, &all, counts, starts)
        return zip(starts, counts).map { Array(all[Int($0)..<Int($0 + $1)]) }
    }

    public func broadcast(_ bytes: [UInt8]) -> [UInt8] {
        var length = UInt64(bytes.count)
        cmpi_broadcast_size(&length)
        var result = rank == 0 ? bytes : [UInt8](repeating: 0, count: Int(length))
        // MPI counts in 32 bits.
        let part = 1 << 30
        result.withUnsafeMutableBufferPointer { all in
            for start in stride(from: 0, to: all.count, by: part) {
                cmpi_broadcast(all.baseAddress.map { $0 + start }, Self.count(min(part, all.count - start)))
            }
        }
        return result
    }

    /// A number of elements as MPI takes it.
    private static func count(_ count: Int) -> Int32 {
        guard let count = Int32(exactly: count) else {
            preconditionFailure("\(count) elements in one message; MPI takes up to \(Int32.max)")
        }
        return count
    }
}
