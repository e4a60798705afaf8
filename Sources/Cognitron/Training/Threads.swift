import CognitronKernels

/// The threads that share the arithmetic of all models in the process.
///
/// By default as many as the affinity mask and the container's CPU quota allow, or what the environment
/// variable `COGNITRON_THREADS` says (where that is no number of threads, standard error says so). Never more
/// than 48. The number changes the speed only: results have the same bits.
public enum Threads {
    /// How many threads work, the calling one included: at least 1. After a larger number than the system has
    /// threads to give, or than 48, it is what could be had.
    public static var count: Int {
        get { WorkerPool.shared.count }
        set { WorkerPool.shared.count = newValue }
    }

    /// For programs that rather stop than go on with another number than the environment asks for.
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
