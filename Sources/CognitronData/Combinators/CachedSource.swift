import CognitronKernels
import Cognitron

/// Where `CachedSource` keeps samples.
protocol SampleStore: Sendable {
    /// The samples, if all are here; else those that are not.
    func read(_ samples: [Int]) throws -> Stored
    func write(_ batch: Batch, _ samples: [Int]) throws
}

enum Stored {
    case all(Batch)
    case missing([Int])
}

/// Samples that are read once and kept: see `cache`.
struct CachedSource: BatchSource {
    let base: any BatchSource
    let store: any SampleStore

    var sampleCount: Int? { base.sampleCount }
    var unit: String { base.unit }
    func validate() throws { try base.validate() }

    func batch(_ samples: [Int], _ draw: Draw?) throws -> Batch? {
        if case .missing(let missing) = try store.read(samples) {
            guard let batch = try base.batch(missing, nil) else { return nil }
            try store.write(batch, missing)
        }
        guard case .all(let batch) = try store.read(samples) else {
            throw CognitronError(
                .data, "cache", "samples are missing that were just read", advice: "leave the cache out")
        }
        return batch
    }
}

/// Samples in memory: four bytes a number.
final class MemoryStore: SampleStore {
    private let count: Int
    private let state = Locked(State())

    private struct State {
        var layout: BatchLayout?
        /// The numbers of each sample that is here.
        var records: [[Float]?] = []
    }

    init(count: Int) { self.count = count }

    func read(_ samples: [Int]) throws -> Stored {
        state.withLock { state in
            let missing = samples.filter { !state.records.indices.contains($0) || state.records[$0] == nil }
            guard let layout = state.layout, missing.isEmpty else { return .missing(missing) }
            var records: [Float] = []
            records.reserveCapacity(samples.count * (state.records[samples.first ?? 0]?.count ?? 0))
            for sample in samples { records += state.records[sample] ?? [] }
            return .all(layout.batch(of: records, count: samples.count))
        }
    }

    func write(_ batch: Batch, _ samples: [Int]) throws {
        let layout = BatchLayout(batch)
        let records = layout.records(of: batch)
        let size = records.count / max(1, samples.count)
        try state.withLock { state in
            guard state.layout == nil || state.layout == layout else { throw BatchLayout.mixed("cache") }
            state.layout = layout
            if state.records.isEmpty { state.records = Array(repeating: nil, count: count) }
            for (row, sample) in samples.enumerated() {
                state.records[sample] = Array(records[row * size..<(row + 1) * size])
            }
        }
    }
}

extension BatchSource {
    /// The samples, each read once and then kept in memory, four bytes a number.
    ///
    /// What comes before the cache makes no random changes; augmentation belongs after it:
    ///
    ///     let train = try folder.cache().augmented([.randomFlip])
    ///
    /// - Throws: `CognitronError.data` where the number of samples is not known.
    public func cache() throws -> some BatchSource {
        CachedSource(base: self, store: MemoryStore(count: try knownCount("cache")))
    }

    /// The samples, each read once and then kept in a file, which later trainings use too.
    ///
    /// The file does not know of changes of its source: delete it when the data change. A sample that is
    /// damaged in the file is read from the source again.
    ///
    /// - Throws: `CognitronError` where the number of samples is not known, or the file is not a cache of as
    ///   many samples.
    public func cache(at path: String) throws -> some BatchSource {
        CachedSource(base: self, store: try DiskStore(path, count: try knownCount("cache")))
    }
}
