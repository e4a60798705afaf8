/// The times of one piece of work, in seconds.
struct Timing {
    private let seconds: [Double]  // sorted

    /// Runs `work` once unmeasured, to fill caches and pools, then `repetitions` times.
    init(repetitions: Int, _ work: () throws -> Void) rethrows {
        try work()
        let clock = ContinuousClock()
        var seconds: [Double] = []
        for _ in 0..<repetitions {
            let start = clock.now
            try work()
            let duration = (clock.now - start).components
            seconds.append(Double(duration.seconds) + Double(duration.attoseconds) * 1e-18)
        }
        self.seconds = seconds.sorted()
    }

    var median: Double { seconds[seconds.count / 2] }
    var fastest: Double { seconds[0] }
    var slowest: Double { seconds[seconds.count - 1] }
}

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
}
