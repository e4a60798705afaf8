import CognitronKernels

/// The findings of `cognitron doctor` and their consequences for training.
struct Diagnosis: Sendable {
    var blas: BLASLibrary
    var processor: Processor
    var isOptimized: Bool
    var budget: CPUBudget
    var workers: Int
    /// GFLOP/s of matrix products by all workers together, and by a single one.
    var peak: Double
    var peakAlone: Double
    /// Peak GFLOP/s of one core in registers; nil where unknown.
    var limitAlone: Double?

    /// Minimum share of the core's peak that products should reach: kernels of the full width reach 85 to 95
    /// %, those of half the width 45 %.
    private static let leastShare = 0.65
    /// Minimum GFLOP/s per worker where the peak is unknown: a processor with AVX reaches 50 and more.
    private static let slowestPeakPerWorker = 10.0

    /// The causes of slow training, each with advice.
    var problems: [String] {
        var problems: [String] = []
        if !isOptimized { problems.append("the arithmetic is not optimised: build with -c release") }
        if blas.isReference {
            problems.append(
                "products come from the reference BLAS\(blas.path.map { " (\($0))" } ?? ""): "
                    + "install libopenblas-dev, and take the other library out of LD_PRELOAD and the linker's flags"
            )
        }
        if blas.isNarrow(on: processor) {
            problems.append(
                "OpenBLAS uses its \(blas.core ?? "") kernels on a processor with wider vectors: "
                    + blas.remedy
            )
        }
        if let quota = budget.quota, quota < 1 {
            problems.append(
                "the CPU quota is \(quota.shortText) of a core: "
                    + "give the container at least one (docker run --cpus)"
            )
        }
        if workers > budget.cores {
            problems.append(
                "\(workers) workers for \(count(budget.cores, "core")): "
                    + "unset COGNITRON_THREADS and leave out --threads, or ask for \(budget.cores)")
        }
        // Usually a consequence of the others, so reported only without them.
        if problems.isEmpty, let slowness { problems.append(slowness) }
        return problems
    }

    /// A message if products are slower than the processor allows, with advice.
    private var slowness: String? {
        let advice = "see with top whether others use the cores, or install a newer libopenblas"
        if let limitAlone, peakAlone < Self.leastShare * limitAlone {
            return
                "matrix products reach only \(peakAlone.text(0)) of the \(limitAlone.text(0)) GFLOP/s "
                + "that a core can do: \(advice)"
        }
        guard peak < Self.slowestPeakPerWorker * Double(workers) else { return nil }
        return "matrix products reach only \((peak / Double(workers)).text(1)) GFLOP/s a worker: \(advice)"
    }

    /// One line: ready, or all problems.
    var verdict: String {
        problems.isEmpty
            ? "Ready: \(count(workers, "worker")), \(peak.text(0)) GFLOP/s"
            : "Slow: " + problems.joined(separator: "; ")
    }
}

/// `1 core`, `2 cores`.
func count(_ number: Int, _ noun: String, _ plural: String? = nil) -> String {
    "\(number) \(number == 1 ? noun : plural ?? noun + "s")"
}
