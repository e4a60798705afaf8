/// Turns pairs of channels by angles that grow with the position, so that products of two vectors depend on
/// how far apart they are.
///
///     output₁ = x₁ · cos θ − x₂ · sin θ,  output₂ = x₂ · cos θ + x₁ · sin θ
///     θ[t, i] = t / scalingFactor / maxWavelength^(2i / C)
///
/// x₁ and x₂ being the first and second half of the channels.
///
/// - Input shape: `(N, T, …, C)`, C even; output shape: the same.
/// - Throws: from `build`, a `CognitronError` where an axis is none of the input's or C is odd.
/// - Source: KerasHub `RotaryEmbedding`; Su et al., "RoFormer" (2021).
public final class RotaryEmbedding: Layer, Codable {
    public let maxWavelength: Float
    public let scalingFactor: Float
    public let sequenceAxis: Int
    public let featureAxis: Int
    public let startIndex: Int
    public let name: String?

    /// - Parameters:
    ///   - maxWavelength: the slowest turn's length over 2π.
    ///   - scalingFactor: what positions are divided by, for sequences longer than those of training.
    ///   - sequenceAxis: the axis of the steps; as in KerasHub, a positive one counts the batch.
    ///   - featureAxis: the axis of the channels.
    ///   - startIndex: the first position.
    ///   - name: the layer's name in messages, summaries and files; by default its type with a number.
    public init(
        maxWavelength: Float = 10_000, scalingFactor: Float = 1, sequenceAxis: Int = 1, featureAxis: Int = -1,
        startIndex: Int = 0, name: String? = nil
    ) {
        self.maxWavelength = maxWavelength
        self.scalingFactor = scalingFactor
        self.sequenceAxis = sequenceAxis
        self.featureAxis = featureAxis
        self.startIndex = startIndex
        self.name = name
    }

    public func build(_ input: Shape, _ context: inout BuildContext) throws -> Shape {
        try context.requireSequence(input, maxWavelength: maxWavelength)
        let axes = [sequenceAxis, featureAxis].map(input.sampleAxis)
        guard let steps = axes[0], let features = axes[1], steps != features else {
            throw context.error(
                .argument, "invalid sequenceAxis or featureAxis",
                expected: "two axes of 1…\(input.rank) or -\(input.rank)…-1",
                got: "\(sequenceAxis) and \(featureAxis)")
        }
        guard input[features].isMultiple(of: 2) else {
            throw context.error(
                .shape, "turns pairs of channels", expected: "an even number", got: "\(input[features])")
        }
        guard scalingFactor > 0, scalingFactor.isFinite else {
            throw context.error(
                .argument, "invalid scalingFactor", expected: "a number above 0", got: scalingFactor.text)
        }
        return input
    }

    public func forward(_ input: consuming Tensor, _ pass: Pass) -> (output: Tensor, pullback: Pullback) {
        let angles = angles(input.shape, first: startIndex + pass.stepsTaken)
        let (sine, cosine) = (angles.sine, angles.cosine)
        return (turned(input, sine, cosine), { [self] in turned($0, -sine, cosine) })
    }

    /// One half of the channels beside the other, each broadcast from the angles.
    private func turned(_ x: Tensor, _ sine: Tensor, _ cosine: Tensor) -> Tensor {
        let half = x.shape[x.shape.resolve(featureAxis)] / 2
        let parts = x.split([half, half], axis: featureAxis)
        return .concatenated(
            [parts[0] * cosine - parts[1] * sine, parts[1] * cosine + parts[0] * sine], axis: featureAxis)
    }

    /// The angles, with size 1 along the axes that they do not depend on.
    private func angles(_ input: Shape, first: Int) -> Tensor {
        let (steps, features) = (input.resolve(sequenceAxis), input.resolve(featureAxis))
        let channels = input[features]
        let angles = Waves(maxWavelength, count: channels / 2, over: channels)
            .angles(first..<first + input[steps], scaledBy: scalingFactor)
        let ones = Shape(Array(repeating: 1, count: input.rank))
        return (steps < features ? angles : angles.transposed)
            .reshaped(ones.replacing(steps, with: input[steps]).replacing(features, with: channels / 2))
    }
}
