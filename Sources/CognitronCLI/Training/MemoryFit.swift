import Cognitron

/// Divides batches into parts that fit into the memory: the gradients of the parts are averaged before each
/// update.
///
/// Peaks are measured for two small parts, extrapolated in proportion to the samples, and checked for the
/// part that is chosen.
struct MemoryFit {
    /// MiB that the process may take.
    let limit: Double
    let batchSize: Int
    /// The process's peak in MiB, in steps with so many samples.
    let measure: (_ samples: Int) throws -> Double

    /// What is left free for what a few steps do not show.
    private static let margin = 0.12

    /// The number of parts, and the peak in MiB with them.
    ///
    /// - Throws: `CognitronError` where even single samples take more.
    func parts() throws -> (count: Int, peak: Double) {
        let sizes = (1...batchSize).filter { batchSize % $0 == 0 }
        let allowed = limit * (1 - Self.margin)
        // Larger ones might already take too much.
        let small = sizes.filter { $0 <= max(1, batchSize / 8) }.suffix(2)
        var known: [(size: Int, peak: Double)] = []
        for size in small {
            known.append((size, try measure(size)))
            if known[known.count - 1].peak > allowed { break }
        }
        for size in sizes.reversed() where expected(size, known) <= allowed {
            let peak = try known.first { $0.size == size }?.peak ?? measure(size)
            if peak <= allowed { return (batchSize / size, peak) }
            known.append((size, peak))
        }
        for size in sizes.reversed() where size < (small.first ?? 1) {
            let peak = try measure(size)
            if peak <= allowed { return (batchSize / size, peak) }
            known.append((size, peak))
        }
        let least = known.map(\.peak).min() ?? 0
        throw CognitronError(
            .argument, "--memory", "the training does not fit",
            expected: "at least \((least / (1 - Self.margin)).text(0)) MiB", got: "\(limit.text(0)) MiB",
            advice: "give it more memory, or take a smaller model")
    }

    /// The peak of steps with so many samples, on the line through the two measured sizes that are next.
    private func expected(_ size: Int, _ known: [(size: Int, peak: Double)]) -> Double {
        if let exact = known.first(where: { $0.size == size }) { return exact.peak }
        let two = known.sorted { abs($0.size - size) < abs($1.size - size) }.prefix(2)
        guard two.count == 2, let a = two.first, let b = two.last else { return known.first?.peak ?? 0 }
        return a.peak + (b.peak - a.peak) * Double(size - a.size) / Double(b.size - a.size)
    }
}
