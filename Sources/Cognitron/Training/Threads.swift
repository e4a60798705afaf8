import CognitronKernels

/// The number of threads that compute, for all models in the process.
///
/// By default the number that the affinity mask and the container's CPU quota allow, or the value of the
/// environment variable `COGNITRON_THREADS` (a warning on standard error where it is invalid); at most 48.
/// The number changes the speed only: results have the same bits.
public enum Threads {
    /// The number of threads, the calling one included: at least 1. A number above 48, or above what the
    /// system can start, is reduced to that.
    public static var count: Int {
        get { WorkerPool.shared.count }
        set { WorkerPool.shared.count = newValue }
    }

    /// Checks the environment, for programs that stop where it is invalid.
    ///
    /// - Throws: `CognitronError.argument` where `COGNITRON_THREADS` is not a whole number of at least 1.
    package static func requireValidEnvironment() throws {
        if case .invalid(let text) = CPUBudget.Request.ofEnvironment {
            throw CognitronError(
                .argument, "COGNITRON_THREADS", "not a number of threads",
                expected: "a whole number of at least 1", got: "\"\(text)\"", advice: "correct or unset it")
        }
    }
}
