import Cognitron
import CognitronKernels

/// The machine's peak rates, measured in the same minutes as the work to compare with them.
struct MachineLimits {
    private var sgemm = SgemmPeak(workers: Threads.count)

    init() { sgemm.sample() }

    /// Measures the matrix product once more; called between other measurements.
    mutating func sample() { sgemm.sample() }

    /// The sgemm peak and the memory bandwidth, which is measured now because its arrays are large.
    func figures(repetitions: Int) -> (sgemm: Figure, bandwidth: Figure) {
        let bandwidth = Figure(
            "peak/bandwidth", "GB/s", amount: MemoryBandwidth.gigabytes,
            MemoryBandwidth.measure(repetitions: repetitions))
        return (Figure(sgemm), bandwidth)
    }
}

extension Report {
    /// Adds the limits to the report and returns a line of text about them.
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
