// Numbers below 2⁻¹²⁶ cost a hundred cycles each and matter to no network: the workers treat them as zero.

import CProcessor

enum Denormals {
    private static let flushing = UInt(COGNITRON_FLUSH_DENORMALS)

    /// Makes this thread flush denormals to zero and returns what `restore` needs to undo it.
    static func flush() -> UInt {
        let word = cognitron_float_control()
        if word & flushing != flushing { cognitron_set_float_control(word | flushing) }
        return word
    }

    /// Undoes the `flush` that returned `word`. Within a loop that flushes already there is nothing to undo.
    static func restore(_ word: UInt) {
        if word & flushing != flushing { cognitron_set_float_control(word) }
    }
}
