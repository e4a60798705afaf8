// Numbers below 2⁻¹²⁶ cost a hundred cycles each and matter to no network: the workers treat them as zero.

import CProcessor

enum Denormals {
    /// Makes this thread flush denormals to zero and returns what `restore` needs to undo it.
    static func flush() -> UInt {
        let word = cognitron_float_control()
        set(word | UInt(COGNITRON_FLUSH_DENORMALS), from: word)
        return word
    }

    static func restore(_ word: UInt) { set(word, from: cognitron_float_control()) }

    /// Within a loop that flushes already there is nothing to do.
    private static func set(_ word: UInt, from current: UInt) {
        if word != current { cognitron_set_float_control(word) }
    }
}
