/// Memory bandwidth of all workers together: a ← b + s·c over arrays far larger than the caches (McCalpin's
/// triad).
package enum MemoryBandwidth {
    /// 64 MiB per array.
    private static let count = 1 << 24

    /// Gigabytes moved by one pass.
    package static let gigabytes = 3 * 4e-9 * Double(count)

    package static func measure(repetitions: Int) -> Timing {
        let (a, b, c) = (Buffer(count), Buffer(count), Buffer(count))
        for buffer in [a, b, c] { buffer.pointer.update(repeating: 1, count: count) }
        return withExtendedLifetime((a, b, c)) {
            Timing(repetitions: repetitions) {
                Elementwise.map(b.pointer, c.pointer, into: a.pointer, count: count) { $0 + 0.5 * $1 }
            }
        }
    }
}
