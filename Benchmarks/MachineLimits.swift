import Cognitron
import CognitronKernels

/// What the machine does at most, measured in the same minutes as the work it is to be compared with.
struct MachineLimits {
    private var sgemm = SgemmPeak(workers: Threads.count)

    init() { sgemm.sample() }

    /// Measures the matrix product once more. Called between other measurements.
    mutating func sample() { sgemm.sample() }

    /// The sgemm peak and, measured now because its arrays are large, the memory bandwidth.
    func figures(repetitions: Int) -> (sgemm: Figure, bandwidth: Figure) {
        let bandwidth = Figure(
            "peak/bandwidth", "GB/s", amount: MemoryBandwidth.gigabytes,
            MemoryBandwidth.measure(repetitions: repetitions))
        return (Figure(sgemm), bandwidth)
    }
}

extension Report {
    /// Adds the limits, and says them in a line.
    mutating func add(_ limits: MachineLimits, repetitions: Int) -> (peak: Double, line: String) {
        let (sgemm, bandwidth) = limits.figures(repetitions: repetitions)
        add(sgemm)
        add(bandwidth)
        return (
            sgemm.median,
            "sgemm peak \(column(sgemm.median, 0, width: 1)) GFLOP/s, "
                + "memory \(column(bandwidth.median, 1, width: 1)) GB/s"
        )
    }
}
