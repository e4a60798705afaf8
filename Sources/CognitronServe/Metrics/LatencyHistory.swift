import CognitronKernels

/// How long answers took in each minute of the last hour.
///
/// Times are counted in steps of a tenth, so that quantiles are right to 10 %.
final class LatencyHistory: Sendable {
    struct Minute: Equatable {
        /// Minutes since 1970.
        let number: Int
        let requests: Int
        /// Answers with a status of 400 and above.
        let errors: Int
        /// Milliseconds.
        let median: Double
        let percentile99: Double
    }

    private static let minutes = 60
    /// Upper bounds in milliseconds: 0.1 … 60,000.
    private static let bounds: [Double] = Array(
        sequence(first: 0.1) { $0 < 60_000 ? $0 * 1.1 : nil })

    private struct Slot {
        var number = -1
        var errors = 0
        var counts: [Int] = []
    }

    private let slots = Locked([Slot](repeating: Slot(), count: LatencyHistory.minutes))

    /// - Parameters:
    ///   - minute: minutes since 1970.
    ///   - milliseconds: until the answer.
    func record(minute: Int, milliseconds: Double, isError: Bool) {
        let place = Self.place(of: milliseconds)
        slots.withLock { slots in
            let index = minute % Self.minutes
            if slots[index].number != minute {
                slots[index] = Slot(number: minute, counts: Array(repeating: 0, count: Self.bounds.count))
            }
            slots[index].counts[place] += 1
            if isError { slots[index].errors += 1 }
        }
    }

    private static func place(of milliseconds: Double) -> Int {
        var (low, high) = (0, bounds.count - 1)
        while low < high {
            let middle = (low + high) / 2
            if milliseconds <= bounds[middle] { high = middle } else { low = middle + 1 }
        }
        return low
    }

    /// The minutes with answers, the oldest first.
    ///
    /// - Parameter now: the current minute.
    func lastHour(now: Int) -> [Minute] {
        slots.withLock { $0 }.filter { $0.number > now - Self.minutes && $0.number <= now }
            .sorted { $0.number < $1.number }.map { slot in
                Minute(
                    number: slot.number, requests: slot.counts.reduce(0, +), errors: slot.errors,
                    median: Self.quantile(0.5, slot.counts),
                    percentile99: Self.quantile(0.99, slot.counts))
            }
    }

    /// The bound that this share of the times is not above.
    private static func quantile(_ share: Double, _ counts: [Int]) -> Double {
        let wanted = (Double(counts.reduce(0, +)) * share).rounded(.up)
        var total = 0
        for (place, count) in counts.enumerated() {
            total += count
            if Double(total) >= wanted { return bounds[place] }
        }
        return bounds[bounds.count - 1]
    }
}
