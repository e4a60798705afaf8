import ArgumentParser
import Cognitron

/// The number of threads, an option of every command.
struct ThreadOptions: ParsableArguments {
    @Option(
        number: "Worker threads (default: $COGNITRON_THREADS, else one per available core).")
    var threads: Int?

    func validate() throws {
        if let threads, threads < 1 {
            throw ValidationError("--threads: expected at least 1, got \(threads)")
        }
    }

    func apply() throws {
        try Threads.requireValidEnvironment()
        if let threads { Threads.count = threads }
    }

    /// The number of threads, for messages.
    static var description: String { Threads.count == 1 ? "1 thread" : "\(Threads.count) threads" }
}
