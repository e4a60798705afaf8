import CognitronKernels

/// What `cognitron doctor` found out, and what follows from it for training.
struct Diagnosis: Sendable {
    var blas: BLASLibrary
    var hasAVX2: Bool
    var isOptimized: Bool
    var budget: CPUBudget
    var workers: Int
    /// GFLOP/s of matrix products by all workers together.
    var peak: Double

    /// Below it something is wrong that the other checks do not know: a processor with AVX reaches 50 and more.
    private static let slowestPeakPerWorker = 10.0

    /// What makes training slow, each with what to do about it.
    var problems: [String] {
        var problems: [String] = []
        if !isOptimized { problems.append("the arithmetic is not optimised: build with -c release") }
        if blas.isReference {
            problems.append(
                "products come from the reference BLAS\(blas.path.map { " (\($0))" } ?? ""): install libopenblas-dev, "
                    + "and take the other library out of LD_PRELOAD and the linker's flags")
        }
        if hasAVX2 && blas.hasOldKernels {
            problems.append(
                "OpenBLAS uses its \(blas.core ?? "") kernels on a processor with AVX2: unset OPENBLAS_CORETYPE "
                    + "or install a newer libopenblas")
        }
        if let quota = budget.quota, quota < 1 {
            problems.append(
                "the CPU quota is \(quota.shortText) of a core: give the container at least one (docker run --cpus)"
            )
        }
        if workers > budget.cores {
            problems.append(
                "\(workers) workers for \(count(budget.cores, "core")): unset COGNITRON_THREADS and leave out --threads, "
                    + "or ask for \(budget.cores)")
        }
        // Mostly what follows from the others; alone, it is news.
        if problems.isEmpty && peak < Self.slowestPeakPerWorker * Double(workers) {
            problems.append(
                "matrix products reach only \((peak / Double(workers)).text(1)) GFLOP/s a worker: see with top "
                    + "whether others use the cores, or install a newer libopenblas")
        }
        return problems
    }

    /// One line: that training can begin, or everything in its way.
    var verdict: String {
        problems.isEmpty
            ? "Ready: \(count(workers, "worker")), \(peak.text(0)) GFLOP/s"
            : "Slow: " + problems.joined(separator: "; ")
    }
}

/// `1 core`, `2 cores`.
func count(_ number: Int, _ noun: String) -> String { "\(number) \(noun)\(number == 1 ? "" : "s")" }
