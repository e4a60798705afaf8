import Cognitron
import CognitronKernels

/// Samples that a program draws, each from its number alone: no array of all is ever made.
///
///     let scenes = ShapeScenes(size: 64)
///     try model.fit(scenes.source(count: 10_000), batchSize: 32, epochs: 5)
///     let part = try scenes.part(count: 10_000)                   // with its task, as data sets have
///
/// The package's own are `ShapeMasks`, `ShapeScenes`, `ShapeBoxes`, `ShapeEdges`, `ShapeCaptions` and
/// `ShapeVideo`, of which docs/pictures/shapes.png shows some; `ShapeAttributes` and `DrawnCharacters`.
///
/// Samples must be the same at every call, and several threads may ask for some at once.
public protocol DrawnSamples: Sendable {
    /// The name of a data set of such samples.
    var name: String { get }

    /// What the targets are.
    var task: DataTask { get }

    /// The shape of a sample's input.
    var inputShape: Shape { get }

    /// One sample.
    ///
    /// - Parameter index: from 0.
    /// - Returns: the input and the targets, in the forms of `task`, without the axis that counts samples.
    func sample(at index: Int) -> (input: Tensor, targets: [Tensor])
}

extension DrawnSamples {
    /// The first `count` samples.
    public func source(count: Int) -> DrawnSource { DrawnSource(self, count: count) }

    /// The first `count` samples as a part of a data set.
    public func part(count: Int) throws -> DatasetPart {
        try DatasetPart(name: name, task: task, inputShape: inputShape, source: source(count: count))
    }

    /// The part of the data sets that the program draws: 10,000 samples for training, 2,000 for testing.
    func part(_ split: DatasetSplit) throws -> DatasetPart {
        try part(count: split == .train ? 10_000 : 2_000)
    }
}

/// The first samples of what a program draws. Each batch is drawn when it is asked for.
public struct DrawnSource: BatchSource {
    private let samples: any DrawnSamples
    private let count: Int

    /// - Parameter count: the number of samples.
    public init(_ samples: some DrawnSamples, count: Int) {
        require(count >= 0, "\(count) samples")
        (self.samples, self.count) = (samples, count)
    }

    public var sampleCount: Int? { count }
    public var unit: String { samples.inputShape.rank == 3 ? "images" : "samples" }

    public func validate() throws {
        guard count == 0 else { return }
        throw CognitronError(
            .data, samples.name, "there are no samples", expected: "a count of at least 1", got: "0")
    }

    public func batch(_ numbers: [Int], _ draw: Draw?) throws -> Batch? {
        for number in numbers { require((0..<count).contains(number), "sample \(number) of \(count)") }
        guard !numbers.isEmpty else { return nil }
        var drawn = [(input: Tensor, targets: [Tensor])?](repeating: nil, count: numbers.count)
        drawn.withUnsafeMutableBufferPointer { drawn in
            guard let base = drawn.baseAddress else { return }
            // Tiles write disjoint samples.
            nonisolated(unsafe) let target = base
            WorkerPool.shared.run(total: numbers.count, grain: Self.samplesATile) { range, _ in
                for place in range { target[place] = samples.sample(at: numbers[place]) }
            }
        }
        let whole = drawn.compactMap(\.self)
        return Batch(
            inputs: [.stacked(whole.map(\.input))],
            targets: whole[0].targets.indices.map { number in .stacked(whole.map { $0.targets[number] }) })
    }

    /// About a millisecond of work.
    private static let samplesATile = 8
}

extension Dataset {
    /// Credited to this package, with the numbers of samples of `DrawnSamples.part(_:)`.
    var drawn: Dataset { drawn([.train: 10_000, .test: 2_000]) }

    /// Credited to this package.
    func drawn(_ counts: [Split: Int]) -> Dataset {
        credited(from: "drawn by Cognitron", licence: "free to use", counts: counts)
    }
}
