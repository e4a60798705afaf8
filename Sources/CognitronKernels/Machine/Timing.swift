/// The durations of repeated calls, in seconds.
package struct Timing: Sendable {
    package let seconds: [Double]  // sorted

    /// Runs `work` once untimed, to warm caches and pools, then `repetitions` times and until `extent` is
    /// reached.
    package init(repetitions: Int, _ extent: Extent = .counted, _ work: () throws -> Void) rethrows {
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

    package var median: Double { seconds[seconds.count / 2] }
    /// The 99th percentile (nearest rank: with fewer than 100 calls the slowest).
    package var percentile99: Double { seconds[(seconds.count * 99 + 99) / 100 - 1] }
    package var fastest: Double { seconds[0] }
    package var slowest: Double { seconds[seconds.count - 1] }
}

extension Timing {
    /// When a measurement ends, once it has its repetitions.
    package enum Extent: Sendable {
        /// At once.
        case counted
        /// When the slowest hundredth of the calls is known: after 100 calls and half a second, at most two
        /// seconds.
        case latency

        fileprivate func isReached(calls: Int, seconds: Double) -> Bool {
            switch self {
            case .counted: true
            case .latency: calls >= 100 && seconds >= 0.5 || seconds >= 2
            }
        }
    }
}
