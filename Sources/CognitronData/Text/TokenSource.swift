import Cognitron
import CognitronKernels

/// Samples whose inputs and targets are token sequences of different lengths, or single numbers.
///
/// A batch is as long as its longest sequence, rounded up a little so that few lengths occur; shorter ones
/// are filled with zeros at the end, whose targets have weight 0. Sequences of similar length
/// share a batch.
public struct TokenSource: BatchSource {
    /// One input or target of all samples.
    public enum Column: Sendable {
        /// `(N, T)`: tokens.
        case sequences([[Int]])
        /// `(N)`: one number a sample, such as a class.
        case numbers([Int])

        var count: Int {
            switch self {
            case .sequences(let sequences): sequences.count
            case .numbers(let numbers): numbers.count
            }
        }
    }

    public let inputs: [Column]
    public let targets: [Column]
    private let lengths: [Int]
    /// Lengths are rounded up to multiples of this.
    private let lengthStep: Int

    /// The most different lengths of batches.
    private static let lengthCount = 16

    /// - Parameters:
    ///   - inputs: at least one, each with all samples.
    ///   - targets: those of the same samples.
    public init(inputs: [Column], targets: [Column]) {
        let count = inputs.first?.count ?? 0
        require(
            !inputs.isEmpty && (inputs + targets).allSatisfy { $0.count == count },
            "TokenSource: inputs and targets of \((inputs + targets).map(\.count)) samples")
        (self.inputs, self.targets) = (inputs, targets)
        lengths = (0..<count).map { sample in
            inputs.reduce(0) { length, column in
                guard case .sequences(let sequences) = column else { return length }
                return max(length, sequences[sample].count)
            }
        }
        lengthStep = max(1, (lengths.max() ?? 0) / Self.lengthCount)
    }

    /// A text for each of another: an encoder reads the sources, a decoder the targets behind a start mark,
    /// and learns the targets before an end mark.
    public init(sources: [[Int]], targets: [[Int]], start: Int, end: Int) {
        self.init(
            inputs: [.sequences(sources), .sequences(targets.map { [start] + $0 })],
            targets: [.sequences(targets.map { $0 + [end] })])
    }

    public var sampleCount: Int? { inputs[0].count }

    public func batch(_ samples: [Int], _ draw: Draw?) throws -> Batch? {
        Batch(
            inputs: inputs.map { tensor($0, samples) }, targets: targets.map { tensor($0, samples) },
            weights: targets.map { weights($0, samples) })
    }

    private func tensor(_ column: Column, _ samples: [Int]) -> Tensor {
        switch column {
        case .numbers(let numbers): Tensor(samples.map { Float(numbers[$0]) })
        case .sequences(let sequences): padded(samples.map { sequences[$0] })
        }
    }

    /// 1 for the steps of sequences, 0 past their ends.
    private func weights(_ column: Column, _ samples: [Int]) -> Tensor? {
        guard case .sequences(let sequences) = column else { return nil }
        return padded(samples.map { [Int](repeating: 1, count: sequences[$0].count) })
    }

    private func padded(_ rows: [[Int]]) -> Tensor {
        let longest = max(1, rows.map(\.count).max() ?? 1)
        let length = (longest + lengthStep - 1) / lengthStep * lengthStep
        return TokenSequences.padded(rows, to: length, padding: .post, truncating: .post)
    }

    /// Sorts each run of 50 batches by length and cuts it into batches. They keep the order of their first
    /// samples, which is random where the samples' is.
    public func ordered(_ samples: [Int], batchSize: Int) -> [Int] {
        guard lengths.max() != lengths.min() else { return samples }
        let run = batchSize * 50
        return stride(from: 0, to: samples.count, by: run).flatMap { start -> [Int] in
            let places = start..<min(start + run, samples.count)
            let sorted = places.sorted { (lengths[samples[$0]], $0) < (lengths[samples[$1]], $1) }
            // The last batch of all may be smaller than the others, and must stay the last.
            var batches = stride(from: 0, to: sorted.count, by: batchSize).map {
                Array(sorted[$0..<min($0 + batchSize, sorted.count)])
            }
            let rest = batches.last.map { $0.count < batchSize } == true ? batches.removeLast() : []
            return (batches.sorted { $0.min() ?? 0 < $1.min() ?? 0 } + [rest]).flatMap { $0 }
                .map { samples[$0] }
        }
    }
}
