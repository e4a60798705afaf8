import CProcessor

/// Peak multiply-add rate of one core, measured on vectors in registers.
package enum MultiplyAddPeak {
    /// About 40 µs per measurement.
    private static let rounds = 20_000

    /// GFLOP/s with the widest vectors of this processor; nil where these are unknown.
    package static func measure() -> Double? { measure(lanes: widest) }

    /// Whether vectors of sixteen floats are twice as fast as those of eight: some processors execute AVX-512
    /// in two halves.
    package static func hasFullWidthUnits() -> Bool {
        guard widest == 16, let wide = measure(lanes: 16), let narrow = measure(lanes: 8) else {
            return false
        }
        return wide > 1.5 * narrow
    }

    private static var widest: Int { Int(cognitron_multiply_add_lanes()) }

    private static func measure(lanes: Int) -> Double? {
        guard lanes > 0 else { return nil }
        var operations = 0
        var kept: Float = 0
        let timing = Timing(repetitions: 9) {
            operations = cognitron_multiply_add(CInt(lanes), rounds, &kept)
        }
        return Double(operations) / timing.fastest / 1e9
    }
}
