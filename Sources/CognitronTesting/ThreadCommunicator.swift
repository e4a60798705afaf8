import Cognitron
import Foundation

/// Ranks that are threads of one program: for tests of what trains on several ranks.
///
///     let models = try ThreadCommunicator.run(ranks: 3) { communicator in
///         try model.compile(optimizer: SGD(), loss: .huber, gradients: [.allReduce(communicator)])
///         …
///     }
///
/// A rank that ends while others wait for it stops the program.
public final class ThreadCommunicator: Communicator {
    public let rank: Int
    public var size: Int { board.size }
    private let board: Board

    private init(rank: Int, _ board: Board) { (self.rank, self.board) = (rank, board) }

    /// Runs `body` on as many threads as there are ranks.
    ///
    /// - Returns: the results, or the errors, in the order of the ranks.
    public static func results<Result: Sendable>(
        ranks: Int, _ body: @escaping @Sendable (ThreadCommunicator) throws -> Result
    ) -> [Swift.Result<Result, any Error>] {
        let board = Board(size: ranks)
        let results = Collected<Result>(count: ranks)
        let group = DispatchGroup()
        for rank in 0..<ranks {
            group.enter()
            let thread = Thread {
                let result = Swift.Result { try body(ThreadCommunicator(rank: rank, board)) }
                results.set(result, at: rank)
                board.leave()
                group.leave()
            }
            thread.stackSize = 8 << 20
            thread.start()
        }
        group.wait()
        return results.all
    }

    /// Runs `body` on as many threads as there are ranks.
    ///
    /// - Returns: the results in the order of the ranks.
    /// - Throws: the first error of any.
    public static func run<Result: Sendable>(
        ranks: Int, _ body: @escaping @Sendable (ThreadCommunicator) throws -> Result
    ) throws -> [Result] {
        try results(ranks: ranks, body).map { try $0.get() }
    }

    private struct Done: PendingSum {
        func advance() {}
        func wait() {}
    }

    public func beginSum(_ buffer: SumBuffer) -> any PendingSum {
        let all = gather(bytes(of: buffer))
        var sums = [Float](repeating: 0, count: buffer.count)
        for bytes in all {
            bytes.withUnsafeBytes { raw in
                for i in 0..<sums.count {
                    sums[i] += raw.loadUnaligned(fromByteOffset: 4 * i, as: Float.self)
                }
            }
        }
        buffer.pointer.update(from: sums, count: sums.count)
        return Done()
    }

    public func exchange(_ sent: SumBuffer, into received: SumBuffer, with other: Int) {
        let bytes = gather(bytes(of: sent))[other]
        bytes.withUnsafeBytes {
            UnsafeMutableRawPointer(received.pointer).copyMemory(from: $0.baseAddress!, byteCount: $0.count)
        }
    }

    public func gather(_ bytes: [UInt8]) -> [[UInt8]] { board.gather(bytes, rank) }

    public func broadcast(_ bytes: [UInt8]) -> [UInt8] { gather(bytes)[0] }

    private func bytes(of buffer: SumBuffer) -> [UInt8] {
        Array(UnsafeRawBufferPointer(start: buffer.pointer, count: buffer.count * MemoryLayout<Float>.size))
    }
}

/// What the ranks of one group give each other.
///
/// `@unchecked Sendable`: the condition's lock guards everything.
private final class Board: @unchecked Sendable {
    let size: Int
    private let condition = NSCondition()
    private var given: [[UInt8]?]
    private var complete: [[UInt8]] = []
    /// The number of completed rounds.
    private var round = 0
    private var hasLeft = false

    init(size: Int) {
        self.size = size
        given = Array(repeating: nil, count: size)
    }

    func gather(_ bytes: [UInt8], _ rank: Int) -> [[UInt8]] {
        condition.lock()
        defer { condition.unlock() }
        given[rank] = bytes
        let own = round
        if given.allSatisfy({ $0 != nil }) {
            complete = given.compactMap { $0 }
            given = Array(repeating: nil, count: size)
            round += 1
            condition.broadcast()
        }
        while round == own {
            precondition(!hasLeft, "a rank has ended while rank \(rank) waits for it")
            condition.wait()
        }
        // The next round cannot end before this rank has given to it.
        return complete
    }

    func leave() {
        condition.lock()
        defer { condition.unlock() }
        hasLeft = true
        condition.broadcast()
    }
}

/// Results of threads.
///
/// `@unchecked Sendable`: a lock guards the array.
private final class Collected<Result: Sendable>: @unchecked Sendable {
    private let lock = NSLock()
    private var results: [Swift.Result<Result, any Error>?]

    init(count: Int) { results = Array(repeating: nil, count: count) }

    func set(_ result: Swift.Result<Result, any Error>, at index: Int) {
        lock.withLock { results[index] = result }
    }

    var all: [Swift.Result<Result, any Error>] { lock.withLock { results.compactMap { $0 } } }
}
