import Cognitron
import CognitronKernels

/// Some samples of a source, by number: what splits, folds and oversampling give.
public struct SelectedSource: BatchSource {
    let base: any BatchSource

    /// The number in the base of each sample; one may come several times.
    public let numbers: [Int]

    public var sampleCount: Int? { numbers.count }
    public var unit: String { base.unit }
    public func validate() throws { try base.validate() }

    public func batch(_ samples: [Int], _ draw: Draw?) throws -> Batch? {
        try base.batch(samples.map { numbers[$0] }, draw)
    }

    /// Where no sample comes twice.
    public func ordered(_ samples: [Int], batchSize: Int) -> [Int] {
        let own = Dictionary(Swift.zip(numbers, 0...), uniquingKeysWith: { first, _ in first })
        guard own.count == numbers.count else { return samples }
        return base.ordered(samples.map { numbers[$0] }, batchSize: batchSize).compactMap { own[$0] }
    }
}

/// A run of samples: see `take` and `skip`.
struct RangeSource: BatchSource {
    let base: any BatchSource
    let start: Int
    /// The number of samples; nil for all from `start` on.
    let limit: Int?

    var sampleCount: Int? { base.sampleCount.map { max(0, min(limit ?? .max, $0 - start)) } }
    var unit: String { base.unit }
    func validate() throws { try base.validate() }

    func batch(_ samples: [Int], _ draw: Draw?) throws -> Batch? {
        let inside = limit.map { limit in samples.filter { $0 < limit } } ?? samples
        return inside.isEmpty ? nil : try base.batch(inside.map { $0 + start }, draw)
    }
}

extension BatchSource {
    /// The samples with these numbers, in this order.
    public func subset(_ numbers: [Int]) -> SelectedSource {
        if let count = sampleCount, let number = numbers.first(where: { !(0..<count).contains($0) }) {
            fail("sample \(number) of \(count)")
        }
        return SelectedSource(base: self, numbers: numbers)
    }

    /// The first `count` samples, or all if there are fewer.
    public func take(_ count: Int) -> some BatchSource {
        require(count >= 0, "take(\(count))")
        return RangeSource(base: self, start: 0, limit: count)
    }

    /// The samples after the first `count`.
    public func skip(_ count: Int) -> some BatchSource {
        require(count >= 0, "skip(\(count))")
        return RangeSource(base: self, start: count, limit: nil)
    }
}
