/// The times of one piece of work, in seconds.
package struct Timing: Sendable {
    private let seconds: [Double]  // sorted

    /// Runs `work` once unmeasured, to fill caches and pools, then `repetitions` times.
    package init(repetitions: Int, _ work: () throws -> Void) rethrows {
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

    package var median: Double { seconds[seconds.count / 2] }
    package var fastest: Double { seconds[0] }
    package var slowest: Double { seconds[seconds.count - 1] }
}
