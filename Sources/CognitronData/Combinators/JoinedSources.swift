import Cognitron
import CognitronKernels

/// A source after another: see `concatenate`.
struct ConcatenatedSource: BatchSource {
    let first: any BatchSource
    let firstCount: Int
    let second: any BatchSource

    var sampleCount: Int? { second.sampleCount.map { $0 + firstCount } }
    var unit: String { first.unit }

    func validate() throws {
        try first.validate()
        try second.validate()
    }

    func batch(_ samples: [Int], _ draw: Draw?) throws -> Batch? {
        try Batch.ofRuns(samples, by: { $0 < firstCount }) { isFirst, run in
            isFirst
                ? try first.batch(run, draw) : try second.batch(run.map { $0 - firstCount }, draw)
        }
    }
}

/// A source several times: see `repeat`.
struct RepeatedSource: BatchSource {
    let base: any BatchSource
    let count: Int
    /// The number of samples of the base.
    let period: Int

    var sampleCount: Int? { period * count }
    var unit: String { base.unit }
    func validate() throws { try base.validate() }

    /// Each repetition makes its own random changes.
    func batch(_ samples: [Int], _ draw: Draw?) throws -> Batch? {
        try Batch.ofRuns(samples, by: { $0 / period }) { repetition, run in
            let own = draw.map { draw in
                repetition == 0
                    ? draw
                    : Draw(epoch: draw.epoch, key: draw.key.folding("repetition").folding(repetition))
            }
            return try base.batch(run.map { $0 % period }, own)
        }
    }
}

/// Two sources side by side: see `zip`.
struct ZippedSource: BatchSource {
    let first: any BatchSource
    let second: any BatchSource

    var sampleCount: Int? {
        guard let a = first.sampleCount, let b = second.sampleCount else { return nil }
        return min(a, b)
    }

    var unit: String { first.unit }

    func validate() throws {
        try first.validate()
        try second.validate()
    }

    func batch(_ samples: [Int], _ draw: Draw?) throws -> Batch? {
        guard var a = try first.batch(samples, draw), var b = try second.batch(samples, draw) else {
            return nil
        }
        let count = min(a.count, b.count)
        if a.count > count { a = a.rows(Array(0..<count)) }
        if b.count > count { b = b.rows(Array(0..<count)) }
        let weights = a.targets.indices.map(a.weight) + b.targets.indices.map(b.weight)
        return Batch(inputs: a.inputs + b.inputs, targets: a.targets + b.targets, weights: weights)
    }
}

extension Batch {
    /// A batch of neighbouring samples from several sources, in the samples' order; nil where none gives any.
    fileprivate static func ofRuns<Part: Equatable>(
        _ samples: [Int], by part: (Int) -> Part, _ batch: (Part, [Int]) throws -> Batch?
    ) throws -> Batch? {
        var batches: [Batch] = []
        var rest = samples[...]
        while let sample = rest.first {
            let own = part(sample)
            let run = rest.prefix { part($0) == own }
            if let next = try batch(own, Array(run)) { batches.append(next) }
            rest = rest.dropFirst(run.count)
        }
        return batches.isEmpty ? nil : try joined(batches)
    }
}

extension BatchSource {
    /// These samples, then those of another source with the same shapes.
    ///
    /// - Throws: `CognitronError.data` where this source's number of samples is not known.
    public func concatenate(_ other: any BatchSource) throws -> some BatchSource {
        ConcatenatedSource(first: self, firstCount: try knownCount("concatenate"), second: other)
    }

    /// These samples `count` times; each time with its own random changes.
    ///
    /// - Throws: `CognitronError.data` where the number of samples is not known or 0.
    public func `repeat`(_ count: Int) throws -> some BatchSource {
        require(count > 0, "repeat(\(count))")
        let period = try knownCount("repeat")
        guard period > 0 else {
            throw CognitronError(.data, "repeat", "there are no samples", expected: "at least one")
        }
        return RepeatedSource(base: self, count: count, period: period)
    }

    /// Each sample with the sample of the same number in another source: the inputs, targets and weights of
    /// both. The shorter source ends it.
    public func zip(_ other: any BatchSource) -> some BatchSource {
        ZippedSource(first: self, second: other)
    }

    /// The number of samples.
    ///
    /// - Throws: `CognitronError.data` where it is not known.
    func knownCount(_ place: String) throws -> Int {
        guard let sampleCount else {
            throw CognitronError(
                .data, place, "the number of samples is not known", expected: "a source with sampleCount",
                advice: "take(n) and the source's own sampleCount say it")
        }
        return sampleCount
    }
}
