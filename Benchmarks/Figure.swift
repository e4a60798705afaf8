import CognitronKernels

/// One figure in a report.
struct Figure: Encodable {
    let name: String
    let unit: String
    let median: Double
    let min: Double
    let max: Double

    /// A rate: work per time.
    ///
    /// - Parameter amount: the work per call, in multiples of the unit times seconds.
    init(_ name: String, _ unit: String, amount: Double, _ timing: Timing) {
        self.name = name
        self.unit = unit
        median = amount / timing.median
        min = amount / timing.slowest
        max = amount / timing.fastest
    }

    /// - Parameter samples: measurements in the unit, at least one.
    init(_ name: String, _ unit: String, samples: [Double]) {
        let sorted = samples.sorted()
        self.name = name
        self.unit = unit
        median = sorted[sorted.count / 2]
        min = sorted[0]
        max = sorted[sorted.count - 1]
    }

    init(_ peak: SgemmPeak) { self.init("peak/sgemm", "GFLOP/s", samples: peak.samples) }
}
