// Flushes denormals to zero in the workers: arithmetic with numbers below 2⁻¹²⁶ costs a hundred cycles each,
// and networks do not need them.

import CProcessor

enum Denormals {
    private static let flushing = UInt(COGNITRON_FLUSH_DENORMALS)

    /// Makes this thread flush denormals to zero; returns the previous state for `restore`.
    static func flush() -> UInt {
        let word = cognitron_float_control()
        if word & flushing != flushing { cognitron_set_float_control(word | flushing) }
        return word
    }

    /// Restores the state returned by `flush`. Nested calls leave flushing on.
    static func restore(_ word: UInt) {
        if word & flushing != flushing { cognitron_set_float_control(word) }
    }
}
