import Cognitron
import CognitronKernels

/// Samples in random order within windows: see `shuffle`.
///
/// The numbers of a window are permuted by the draw's key, the epoch and the window, so the order is the same
/// for any number of makers. A window of a source of unknown length is read at once and held until its
/// samples are given, since its last may be short.
final class ShuffledSource: BatchSource {
    private let base: any BatchSource
    private let window: Int
    private let held = Locked<[Block: Batch]>([:])

    private struct Block: Hashable {
        let epoch: Int
        let number: Int
    }

    init(_ base: any BatchSource, window: Int) { (self.base, self.window) = (base, window) }

    var sampleCount: Int? { base.sampleCount }
    var unit: String { base.unit }
    func validate() throws { try base.validate() }

    func batch(_ samples: [Int], _ draw: Draw?) throws -> Batch? {
        guard let draw else { return try base.batch(samples, nil) }
        if let count = sampleCount {
            return try base.batch(numbers(samples, of: count, draw), draw)
        }
        var parts: [Batch] = []
        var rest = samples[...]
        while let sample = rest.first {
            let number = sample / window
            let run = rest.prefix { $0 / window == number }
            rest = rest.dropFirst(run.count)
            guard let block = try block(number, draw) else { continue }
            let order = order(number, block.count, draw)
            let rows = run.map { $0 % window }.filter { $0 < block.count }.map { order[$0] }
            if !rows.isEmpty { parts.append(block.rows(rows)) }
        }
        return parts.isEmpty ? nil : try Batch.joined(parts)
    }

    /// The samples in the base that take the places of `samples`.
    private func numbers(_ samples: [Int], of count: Int, _ draw: Draw) -> [Int] {
        var orders: [Int: [Int]] = [:]
        return samples.map { sample in
            let number = sample / window
            let start = number * window
            let order = orders[number] ?? order(number, min(window, count - start), draw)
            orders[number] = order
            return start + order[sample - start]
        }
    }

    private func order(_ number: Int, _ count: Int, _ draw: Draw) -> [Int] {
        var random = draw.key.folding("window").folding(draw.epoch).folding(number).generator()
        return (0..<count).shuffled(using: &random)
    }

    /// The most windows that are held; makers work on neighbouring batches.
    private static let heldWindows = 4

    /// The samples of a window in their order. One thread reads; others wait for it.
    private func block(_ number: Int, _ draw: Draw) throws -> Batch? {
        try held.withLock { held in
            let key = Block(epoch: draw.epoch, number: number)
            if let block = held[key] { return block }
            let start = number * window
            guard let block = try base.batch(Array(start..<start + window), draw) else { return nil }
            held = held.filter { $0.key.epoch == draw.epoch }
            while held.count >= Self.heldWindows, let oldest = held.keys.min(by: { $0.number < $1.number }) {
                held[oldest] = nil
            }
            held[key] = block
            return block
        }
    }
}

extension BatchSource {
    /// The samples in random order within windows, in training; in evaluation as they are.
    ///
    /// For sources of unknown length, which `fit` cannot shuffle. At least a few times the batch's size; it
    /// is held in memory up to four times.
    ///
    /// - Parameter window: the number of samples that are mixed with one another.
    public func shuffle(window: Int) -> some BatchSource {
        require(window > 0, "shuffle(window: \(window))")
        return ShuffledSource(self, window: window)
    }
}
