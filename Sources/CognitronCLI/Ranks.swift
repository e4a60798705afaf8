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

    /// Runs `body` on the first rank, and then on the others.
    static func oneAfterAnother<Result>(_ body: () throws -> Result) rethrows -> Result {
        if !isFirst { _ = communicator?.gather([]) }
        let result = try body()
        if isFirst { _ = communicator?.gather([]) }
        return result
    }

    /// Throws the error of an option that is for one process.
    static func refuse(_ option: String) throws {
        throw CognitronError(
            .argument, option, "does not go with several ranks", got: "\(count) ranks under mpirun",
            advice: "leave it out")
    }

    /// Goes on as `cognitron-mpi` where `mpirun` has started this program as one of several.
    ///
    /// - Throws: `CognitronError` where that program cannot be started.
    static func becomeRank() throws {
        guard communicator == nil, isStartedByMPI else { return }
        try HelperProgram.start("cognitron-mpi", Array(CommandLine.arguments.dropFirst()))
    }
}
