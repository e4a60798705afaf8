/// The times of one piece of work, in seconds.
struct Timing {
    let seconds: [Double]  // sorted

    /// Runs `work` once unmeasured, to fill caches and pools, then `repetitions` times and as much longer as `extent`
    /// asks.
    init(repetitions: Int, _ extent: Extent = .counted, _ work: () throws -> Void) rethrows {
        try work()
        let clock = ContinuousClock()
        var seconds: [Double] = []
        var total = 0.0
        while seconds.count < repetitions || !extent.isReached(calls: seconds.count, seconds: total) {
            let start = clock.now
            try work()
            let duration = (clock.now - start).components
            seconds.append(Double(duration.seconds) + Double(duration.attoseconds) * 1e-18)
            total += seconds[seconds.count - 1]
        }
        self.seconds = seconds.sorted()
    }

    var median: Double { seconds[seconds.count / 2] }
    /// What 99 of 100 calls stay within (nearest rank: of fewer than 100 calls the slowest).
    var percentile99: Double { seconds[(seconds.count * 99 + 99) / 100 - 1] }
    var fastest: Double { seconds[0] }
    var slowest: Double { seconds[seconds.count - 1] }
}

extension Timing {
    /// How long a measurement goes on once it has its repetitions.
    enum Extent {
        /// No longer.
        case counted
        /// Until the slowest hundredth of the calls can be told: 100 calls and half a second, at most two seconds.
        case latency

        fileprivate func isReached(calls: Int, seconds: Double) -> Bool {
            switch self {
            case .counted: true
            case .latency: calls >= 100 && seconds >= 0.5 || seconds >= 2
            }
        }
    }
}

/// One figure of a report.
struct Figure: Encodable {
    let name: String
    let unit: String
    let median: Double
    let min: Double
    let max: Double

    /// An amount of work over the time it took.
    ///
    /// - Parameter amount: the work in multiples of the unit, before it is divided by seconds.
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
}
