import Cognitron
import CognitronKernels

/// Texts as numbers of words, of different lengths, each with its class.
///
///     let reviews = try KerasTexts.imdb.load(.train, numWords: 20_000)
///     let source = reviews.source(length: 200)            // inputs (N, 200), targets (N)
public struct TokenSequences: Sendable, Equatable {
    public let sequences: [[Int]]
    public let labels: [Int]

    /// - Parameter labels: one for each sequence.
    public init(_ sequences: [[Int]], labels: [Int]) {
        require(
            sequences.count == labels.count, "\(sequences.count) sequences and \(labels.count) labels")
        (self.sequences, self.labels) = (sequences, labels)
    }

    public var count: Int { sequences.count }

    /// Which end of a sequence is filled up or cut.
    public enum End: Sendable {
        case pre, post
    }

    /// The sequences brought to one length: `(N, length)`.
    ///
    /// - Parameters:
    ///   - length: by default that of the longest.
    ///   - padding: where `value` is added to shorter ones.
    ///   - truncating: where longer ones are cut.
    /// - Source: Keras's `pad_sequences`.
    public func padded(
        to length: Int? = nil, padding: End = .pre, truncating: End = .pre, value: Float = 0
    ) -> Tensor {
        Self.padded(sequences, to: length, padding: padding, truncating: truncating, value: value)
    }

    /// Sequences as rows as long as the longest, filled with zeros at the end.
    public static func rows(_ sequences: [[Int]]) -> Tensor {
        padded(sequences, to: nil, padding: .post, truncating: .post)
    }

    static func padded(
        _ sequences: [[Int]], to length: Int?, padding: End, truncating: End, value: Float = 0
    ) -> Tensor {
        let length = length ?? sequences.map(\.count).max() ?? 0
        require(length >= 0, "sequences of length \(length)")
        var rows = [Float](repeating: value, count: sequences.count * length)
        for (row, sequence) in sequences.enumerated() {
            let kept = truncating == .pre ? sequence.suffix(length) : sequence.prefix(length)
            let start = row * length + (padding == .pre ? length - kept.count : 0)
            for (place, token) in zip(start..., kept) { rows[place] = Float(token) }
        }
        return Tensor(rows, shape: [sequences.count, length])
    }

    /// The padded sequences with their classes.
    public func source(length: Int, padding: End = .pre, truncating: End = .pre) -> SampleSource {
        SampleSource(padded(to: length, padding: padding, truncating: truncating), Tensor(labels))
    }
}
