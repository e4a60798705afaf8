// The pool of worker threads. Work is split into numbered tiles by shape alone, never by the number of
// threads, so results have the same bits for any number of workers.

import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Persistent threads that run the tiles of one loop at a time.
///
/// The thread that calls `run` takes part as worker 0. A loop started while another one runs (from inside a
/// tile, or from a second thread) does not wait: its caller runs all its tiles.
///
/// `@unchecked Sendable`: `job` and `generation` are only accessed under `mutex`, and the closure that the
/// job points to outlives the job because `run` returns only after every worker has left it.
package final class WorkerPool: @unchecked Sendable {
    package static let shared: WorkerPool = {
        let (count, warning) = CPUBudget.workers(for: .ofEnvironment, cores: CPUBudget.ofProcess.cores)
        if let warning { Host.warn(warning) }
        return WorkerPool(count)
    }()

    private typealias Body = (_ tile: Int, _ worker: Int) -> Void

    private struct Job {
        /// Points to the stack of `run`'s caller; workers keep no reference of their own.
        var body: UnsafePointer<Body>
        var tiles: Int
        /// Workers from this number on take no tiles.
        var workers: Int
    }

    /// Starts a thread that calls the worker's `begin`; nil if the system refuses.
    typealias ThreadMaker = @Sendable (Worker) -> pthread_t?
    private let makeThread: ThreadMaker

    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let wake = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private let done = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private let isBusy = Atomic<Bool>(false)
    private let nextTile = Atomic<Int>(0)
    /// Equals `generation`; polled without the mutex by spinning workers.
    private let announced = Atomic<Int>(0)
    /// Workers that have not yet left the current job.
    private let working = Atomic<Int>(0)
    private let workerCount = Atomic<Int>(1)
    private let sharerCount = Atomic<Int>(1)
    private var job: Job?
    private var generation = 0
    private var threads: [pthread_t] = []
    private var isStopping = false

    /// Number of polls before an idle worker sleeps: about 20 µs, the time between the layers of a small
    /// network, where waking a sleeping thread would cost as much as the layer's work.
    private static let spins = 4_000

    init(_ count: Int, makeThread: @escaping ThreadMaker = WorkerPool.systemThread) {
        self.makeThread = makeThread
        pthread_mutex_init(mutex, nil)
        pthread_cond_init(wake, nil)
        pthread_cond_init(done, nil)
        start(count)
    }

    /// Number of threads that run the tiles, the calling one included. Setting it waits for the running loop.
    /// At most `CPUBudget.maximumWorkers`, fewer if the system refuses threads.
    package var count: Int {
        get { workerCount.load(ordering: .relaxed) }
        set {
            require(newValue >= 1, "a worker count of \(newValue); expected at least 1")
            let wanted = min(newValue, CPUBudget.maximumWorkers)
            while isBusy.exchange(true, ordering: .acquiring) { sched_yield() }
            if wanted != count {
                stop()
                start(wanted)
            }
            isBusy.store(false, ordering: .releasing)
        }
    }

    /// Number of threads that run the current loop's tiles: 1 if there is none, or if its caller runs it
    /// alone.
    var sharers: Int { sharerCount.load(ordering: .relaxed) }

    /// Calls `body(tile, worker)` once for every tile in `0..<tiles`, in parallel, and returns when all are
    /// done. `worker` is below `workers` and below `count`, and selects the scratch memory that the tile may
    /// use.
    ///
    /// - Parameter workers: maximum number of workers. Callers with scratch per worker read `count` once,
    ///   allocate for that number and pass it here: another thread may raise `count` in between.
    package func run(
        tiles: Int, workers: Int = .max, _ body: (_ tile: Int, _ worker: Int) -> Void
    ) {
        let environment = Denormals.flush()
        defer { Denormals.restore(environment) }
        guard tiles > 1, workers > 1, count > 1, !Self.isWithoutWorkers,
            !isBusy.exchange(true, ordering: .acquiring)
        else {
            for tile in 0..<tiles { body(tile, 0) }
            return
        }
        sharerCount.store(min(tiles, workers, count), ordering: .relaxed)
        defer {
            sharerCount.store(1, ordering: .relaxed)
            isBusy.store(false, ordering: .releasing)
        }
        withoutActuallyEscaping(body) { body in
            withUnsafePointer(to: body) { body in
                let job = Job(body: body, tiles: tiles, workers: workers)
                announce(job)
                takeTiles(job, worker: 0)
                waitForWorkers()
            }
        }
    }

    @TaskLocal private static var isWithoutWorkers = false

    /// Calls `body` with all its loops on the calling thread: for work beside a computation that needs the
    /// workers.
    package static func withoutWorkers<R>(_ body: () throws -> R) rethrows -> R {
        try $isWithoutWorkers.withValue(true) { try body() }
    }

    /// Calls `body(range, worker)` for pieces of `0..<total` of `grain` each (the last may be shorter), in
    /// parallel.
    package func run(
        total: Int, grain: Int, workers: Int = .max, _ body: (_ range: Range<Int>, _ worker: Int) -> Void
    ) {
        run(tiles: (total + grain - 1) / grain, workers: workers) { tile, worker in
            body(tile * grain..<min(total, (tile + 1) * grain), worker)
        }
    }

    private func announce(_ newJob: Job) {
        pthread_mutex_lock(mutex)
        job = newJob
        nextTile.store(0, ordering: .relaxed)
        working.store(threads.count, ordering: .relaxed)
        generation += 1
        announced.store(generation, ordering: .releasing)
        pthread_cond_broadcast(wake)
        pthread_mutex_unlock(mutex)
    }

    /// Never inlined: so no reference to the body remains when it returns, and its owner may free it.
    @inline(never)
    private func takeTiles(_ job: Job, worker: Int) {
        while true {
            let tile = nextTile.wrappingAdd(1, ordering: .relaxed).oldValue
            if tile >= job.tiles { return }
            job.body.pointee(tile, worker)
        }
    }

    private func waitForWorkers() {
        for _ in 0..<Self.spins where working.load(ordering: .acquiring) > 0 { spinOnce() }
        pthread_mutex_lock(mutex)
        while working.load(ordering: .acquiring) > 0 { pthread_cond_wait(done, mutex) }
        job = nil
        pthread_mutex_unlock(mutex)
    }

    /// The loop of each worker thread until the pool stops.
    fileprivate func work(as worker: Int, from firstGeneration: Int) {
        _ = Denormals.flush()
        var seen = firstGeneration
        while true {
            for _ in 0..<Self.spins where announced.load(ordering: .acquiring) == seen { spinOnce() }
            pthread_mutex_lock(mutex)
            while generation == seen && !isStopping { pthread_cond_wait(wake, mutex) }
            let current = job
            seen = generation
            let mustStop = isStopping
            pthread_mutex_unlock(mutex)
            if mustStop { return }
            if let current, worker < current.workers { takeTiles(current, worker: worker) }
            if working.wrappingSubtract(1, ordering: .acquiringAndReleasing).newValue == 0 {
                pthread_mutex_lock(mutex)
                pthread_cond_signal(done)
                pthread_mutex_unlock(mutex)
            }
        }
    }

    /// Starts the threads of `count` workers; the first is the caller's own. Keeps fewer if the system
    /// refuses more (limits of users and containers).
    private func start(_ count: Int) {
        isStopping = false
        for number in 1..<max(count, 1) {
            let worker = Worker(pool: self, number: number, generation: generation)
            guard let thread = makeThread(worker) else { break }
            threads.append(thread)
        }
        workerCount.store(threads.count + 1, ordering: .relaxed)
    }

    private func stop() {
        pthread_mutex_lock(mutex)
        isStopping = true
        pthread_cond_broadcast(wake)
        pthread_mutex_unlock(mutex)
        for thread in threads { pthread_join(thread, nil) }
        threads.removeAll()
    }
}

// Thread creation.
extension WorkerPool {
    /// The argument of one worker's thread.
    final class Worker: Sendable {
        private let pool: WorkerPool
        private let number: Int
        private let generation: Int

        init(pool: WorkerPool, number: Int, generation: Int) {
            (self.pool, self.number, self.generation) = (pool, number, generation)
        }

        func begin() { pool.work(as: number, from: generation) }
    }

    static let systemThread: ThreadMaker = { worker in
        let argument = Unmanaged.passRetained(worker)
        var thread = pthread_t(bitPattern: 0)
        guard pthread_create(&thread, nil, enter, argument.toOpaque()) == 0 else {
            argument.release()
            return nil
        }
        return thread
    }

    #if canImport(Glibc)
        private static let enter: @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? = {
            if let argument = $0 { Unmanaged<Worker>.fromOpaque(argument).takeRetainedValue().begin() }
            return nil
        }
    #else
        private static let enter: @convention(c) (UnsafeMutableRawPointer) -> UnsafeMutableRawPointer? = {
            Unmanaged<Worker>.fromOpaque($0).takeRetainedValue().begin()
            return nil
        }
    #endif
}

/// Pauses between polls of a shared counter.
@inline(__always) private func spinOnce() {
    atomicMemoryFence(ordering: .sequentiallyConsistent)
}
