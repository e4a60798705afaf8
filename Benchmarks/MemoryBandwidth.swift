import Cognitron
import CognitronKernels

/// How fast all workers together stream memory: a ← b + s·c over arrays far larger than the caches (McCalpin's triad).
enum MemoryBandwidth {
    /// 64 MiB an array.
    private static let count = 1 << 24

    static func measure(repetitions: Int) -> Figure {
        let (a, b, c) = (Buffer(count), Buffer(count), Buffer(count))
        for buffer in [a, b, c] { buffer.pointer.update(repeating: 1, count: count) }
        let timing = Timing(repetitions: repetitions) {
            Elementwise.map(b.pointer, c.pointer, into: a.pointer, count: count) { $0 + 0.5 * $1 }
        }
        return Figure("peak/bandwidth", "GB/s", amount: 3 * 4e-9 * Double(count), timing)
    }
}
