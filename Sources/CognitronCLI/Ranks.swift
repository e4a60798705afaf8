import Cognitron
import CognitronKernels
import Foundation

/// The ranks that train together. `cognitron-mpi` has them; `cognitron` has none.
enum Ranks {
    private static let shared = Locked<(any Communicator)?>(nil)

    static var communicator: (any Communicator)? {
        get { shared.withLock { $0 } }
        set { shared.withLock { $0 = newValue } }
    }

    /// Whether this process prints and saves.
    static var isFirst: Bool { (communicator?.rank ?? 0) == 0 }

    /// The number of processes that train together.
    static var count: Int { communicator?.size ?? 1 }

    /// Whether `mpirun` has started this program as one of several.
    private static var isStartedByMPI: Bool {
        ProcessInfo.processInfo.environment["OMPI_COMM_WORLD_SIZE"].flatMap { Int($0) }.map { $0 > 1 }
            ?? false
    }

    /// Goes on as `cognitron-mpi` where `mpirun` has started this program as one of several.
    ///
    /// - Throws: `CognitronError` where that program cannot be started.
    static func becomeRank() throws {
        guard communicator == nil, isStartedByMPI else { return }
        try HelperProgram.start("cognitron-mpi", Array(CommandLine.arguments.dropFirst()))
    }
}
