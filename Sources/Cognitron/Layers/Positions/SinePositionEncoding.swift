import Foundation

/// Sines and cosines of the positions in a sequence, of the shape of its input, to be added to it.
///
///     output[t, 2i] = sin(t / maxWavelength^(2i / C)),  output[t, 2i + 1] = cos(t / maxWavelength^(2i / C))
///
///     let x = embedding(tokens)
///     let positioned = Add()(x, SinePositionEncoding()(x))
///
/// - Input shape: `(N, T, C)`, or with further axes before T; output shape: the same.
/// - Throws: from `build`, a `CognitronError` where the samples have fewer than two axes.
/// - Source: KerasHub `SinePositionEncoding`; Vaswani et al., "Attention Is All You Need" (2017).
public final class SinePositionEncoding: Layer, Codable {
    public let maxWavelength: Float
    public let startIndex: Int
    public let name: String?

    /// - Parameters:
    ///   - maxWavelength: the slowest wave's length over 2π.
    ///   - startIndex: the first position.
    ///   - name: the layer's name in messages, summaries and files; by default its type with a number.
    public init(maxWavelength: Float = 10_000, startIndex: Int = 0, name: String? = nil) {
        self.maxWavelength = maxWavelength
        self.startIndex = startIndex
        self.name = name
    }

    public func build(_ input: Shape, _ context: inout BuildContext) throws -> Shape {
        try context.requireSequence(input, maxWavelength: maxWavelength)
        return input
    }

    public func forward(_ input: consuming Tensor, _ pass: Pass) -> (output: Tensor, pullback: Pullback) {
        let shape = input.shape
        let (steps, channels) = (shape[shape.rank - 2], shape[shape.rank - 1])
        let first = startIndex + pass.stepsTaken
        let angles = Waves(maxWavelength, count: (channels + 1) / 2, over: channels)
            .angles(first..<first + steps)
        // (T, C / 2, 2) holds each sine beside its cosine; of an odd C the last cosine is left out.
        let waves = Tensor.stacked([angles.sine, angles.cosine], axis: 2)
            .reshaped([steps, -1]).slice(axis: 1, 0..<channels)
        return (waves.broadcast(to: shape), { _ in .zeros(shape) })
    }
}

/// Waves whose lengths grow geometrically.
struct Waves {
    /// The angle from one position to the next.
    let frequencies: [Float]

    /// - Parameters:
    ///   - count: how many waves there are.
    ///   - channels: over how many channels the lengths grow to the longest.
    init(_ maxWavelength: Float, count: Int, over channels: Int) {
        frequencies = (0..<count).map { exp(-log(maxWavelength) * Float(2 * $0) / Float(channels)) }
    }

    /// `(positions, waves)`.
    func angles(_ positions: Range<Int>, scaledBy factor: Float = 1) -> Tensor {
        let column = Tensor(positions.map { Float($0) / factor }, shape: [positions.count, 1])
        return column * Tensor(frequencies)
    }
}

extension BuildContext {
    /// Throws unless samples have steps and channels, and the wavelength is one.
    func requireSequence(_ input: Shape, maxWavelength: Float) throws {
        guard input.rank >= 2 else {
            throw error(
                .shape, "needs sequences", expected: "an input of shape steps × channels", got: "\(input)")
        }
        guard maxWavelength > 0, maxWavelength.isFinite else {
            throw error(
                .argument, "invalid maxWavelength", expected: "a number above 0", got: maxWavelength.text)
        }
    }
}
