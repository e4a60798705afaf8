import CognitronKernels

/// One figure of a report: an amount of work over the time it took.
struct Figure: Encodable {
    let name: String
    let unit: String
    let median: Double
    let min: Double
    let max: Double

    /// - Parameter amount: the work in multiples of the unit, before it is divided by seconds.
    init(_ name: String, _ unit: String, amount: Double, _ timing: Timing) {
        self.name = name
        self.unit = unit
        median = amount / timing.median
        min = amount / timing.slowest
        max = amount / timing.fastest
    }

    init(_ peak: SgemmPeak) {
        name = "peak/sgemm"
        unit = "GFLOP/s"
        median = peak.median
        min = peak.samples.min() ?? 0
        max = peak.fastest
    }
}
