import Cognitron
import CognitronKernels

/// A running text cut into samples of one length: inputs `(N, T)`, targets `(N, T)` the token after each.
///
///     let source = TokenWindows(tokens, length: 100)
///
/// A sample starts where the one before it ended; tokens that fill no sample at the end are left out.
public struct TokenWindows: BatchSource {
    private let tokens: [Int32]
    /// T, the tokens of a sample.
    public let length: Int

    /// - Parameters:
    ///   - tokens: more than `length`.
    ///   - length: at least 1.
    public init(_ tokens: [Int], length: Int) {
        require(length >= 1 && tokens.count > length, "samples of \(length) out of \(tokens.count) tokens")
        (self.tokens, self.length) = (tokens.map { Int32($0) }, length)
    }

    public var sampleCount: Int? { (tokens.count - 1) / length }

    public func batch(_ samples: [Int], _ draw: Draw?) throws -> Batch? {
        func rows(_ shift: Int) -> Tensor {
            let scalars = samples.flatMap { sample in
                tokens[sample * length + shift..<(sample + 1) * length + shift].lazy.map { Float($0) }
            }
            return Tensor(scalars, shape: [samples.count, length])
        }
        return Batch(inputs: [rows(0)], targets: [rows(1)], weights: [])
    }
}
