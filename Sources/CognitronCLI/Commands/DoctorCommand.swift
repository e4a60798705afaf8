import ArgumentParser
import Cognitron
import CognitronKernels
import Foundation

/// `cognitron doctor`: reports the machine's resources for training and anything that slows it down.
struct DoctorCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor", abstract: "Checks whether this machine is set up to train fast.",
        discussion: "Takes about two seconds. The exit status is 1 if something makes training slow.")

    @OptionGroup var threads: ThreadOptions

    func run() throws {
        try threads.apply()
        let (blas, budget) = (BLASLibrary.current, CPUBudget.ofProcess)
        try show("processor", Processor.current.name)
        try show("cores", cores(budget))
        try show("workers", "\(Threads.count) (\(reason(budget)))")
        try show(
            "BLAS",
            blas.description
                + (blas.isOpenBLAS ? ", pinned to \(count(BLASLibrary.ownThreads, "thread"))" : "")
        )
        if let path = blas.path { try show("", path) }
        try show(
            "build",
            "\(Build.mode), the arithmetic is \(Build.isOptimized ? "" : "not ")optimised, "
                + "with \(Build.instructions)"
        )
        let peaks = try probe()
        let diagnosis = Diagnosis(
            blas: blas, processor: .current, isOptimized: Build.isOptimized, budget: budget,
            workers: Threads.count, peak: peaks.together, peakAlone: peaks.alone, limitAlone: peaks.limit)
        try Output.result("\n\(diagnosis.verdict)")
        if !diagnosis.problems.isEmpty { throw ExitCode.failure }
    }

    /// `2 of 64 by the affinity mask, CPU quota of 1.5 cores`.
    private func cores(_ budget: CPUBudget) -> String {
        let mask =
            budget.affinity.map { "\($0) of \(budget.online) by the affinity mask" } ?? "\(budget.online)"
        return "\(mask), \(budget.quota.map { "CPU quota of \($0.shortText) cores" } ?? "no CPU quota")"
    }

    /// The reason for the number of workers.
    private func reason(_ budget: CPUBudget) -> String {
        var (wanted, source) = (budget.cores, budget.bound.by.name)
        if let count = threads.threads {
            (wanted, source) = (count, "--threads")
        } else if case .workers(let count) = CPUBudget.Request.ofEnvironment {
            (wanted, source) = (count, "COGNITRON_THREADS")
        }
        if Threads.count == wanted { return "from \(source)" }
        return Threads.count == CPUBudget.maximumWorkers
            ? "the most there can be; \(wanted) from \(source)"
            : "all that the system gives; \(wanted) from \(source)"
    }
}

// Measurements.
extension DoctorCommand {
    /// Measures the machine's speed and prints each figure at once.
    ///
    /// - Returns: GFLOP/s of matrix products by one worker and by all, and the peak of one core.
    private func probe() throws -> (alone: Double, together: Double, limit: Double?) {
        let alone = sgemmPeak(workers: 1)
        let peak = Threads.count == 1 ? alone : sgemmPeak(workers: Threads.count)
        let together = Threads.count == 1 ? "" : ", \(count(Threads.count, "thread")) \(peak.text(0)) GFLOP/s"
        let limit = MultiplyAddPeak.measure()
        try show("sgemm", "1 thread \(alone.text(0)) GFLOP/s\(together)")
        if let limit {
            try show("", "\((100 * alone / limit).text(0)) % of the \(limit.text(0)) that a core can do")
        }
        let bandwidth = MemoryBandwidth.gigabytes / MemoryBandwidth.measure(repetitions: 5).fastest
        try show("memory", "\(bandwidth.text(1)) GB/s")
        let geometry = ConvolutionGeometry(
            batch: 16, input: ImageSize(32, 32, channels: 64), kernel: (3, 3), filters: 64,
            padding: Border(1))
        let problem = ConvolutionProblem(geometry)
        let rate =
            problem.geometry.gigaflops(of: .forward) / problem.measure(.forward, repetitions: 5).fastest
        try show(
            "convolution",
            "\(rate.text(0)) GFLOP/s of the direct sums, \((100 * rate / peak).text(0)) % of the sgemm peak")
        let algorithm = Convolution(geometry).algorithm
        // Explains a share above 100 %.
        let saving = algorithm == .winograd ? ", a quarter of the products" : ""
        try show("", "32×32 64→64 3×3, batch 16, by \(algorithm.rawValue)\(saving)")
        return (alone, peak, limit)
    }

    /// The best of the measurements within 0.4 s: other processes can only lower the rate, never raise it.
    private func sgemmPeak(workers: Int) -> Double {
        var peak = SgemmPeak(workers: workers)
        let clock = ContinuousClock()
        let end = clock.now + .milliseconds(400)
        repeat { peak.sample(repetitions: 1) } while clock.now < end
        return peak.fastest
    }

    private func show(_ name: String, _ text: String) throws {
        try Output.result(name.padding(toLength: 13, withPad: " ", startingAt: 0) + text)
    }
}

extension CPUBudget.Limit {
    fileprivate var name: String {
        switch self {
        case .cores: "the machine's cores"
        case .affinity: "the affinity mask"
        case .quota: "the CPU quota"
        }
    }
}

extension Double {
    func text(_ decimals: Int) -> String { String(format: "%.\(decimals)f", self) }

    /// At most two decimals: 2, 1.5, 0.25.
    var shortText: String { String(format: "%g", (self * 100).rounded() / 100) }
}
