import CognitronKernels

/// The threads that share the arithmetic of all models in the process.
///
/// By default as many as the affinity mask and the container's CPU quota allow, or what the environment variable
/// `COGNITRON_THREADS` says. The number changes the speed only: results have the same bits.
public enum Threads {
    /// How many threads work, the calling one included. At least 1.
    public static var count: Int {
        get { WorkerPool.shared.count }
        set { WorkerPool.shared.count = newValue }
    }
}
