/// Draws from normal distributions, whose means and variances are its inputs, while training, and charges the
/// loss for the divergence of these distributions from the standard normal one: the code of a variational
/// autoencoder.
///
///     output = mean + e^(logVariance / 2) · ε, ε being standard normal
///     loss += weight · ½ Σ (mean² + e^logVariance − 1 − logVariance) / N
///
/// In inference the output is the mean; the divergence is charged there too.
///
///     let code = GaussianSampling(weight: 1 / 784)(Dense(2)(x), Dense(2)(x))
///
/// A loss that is a mean over the numbers of a sample goes with a weight of 1 / numbers, so that both are
/// shares of the evidence lower bound.
///
/// - Input shapes: two, means and logarithms of variances, any but the same, N samples; output shape: the
///   same.
/// - Throws: from `build`, a `CognitronError` where the shapes differ or the weight is below 0.
/// - Source: Kingma and Welling, "Auto-Encoding Variational Bayes" (2014), appendix B; the weight is β of
///   Higgins et al., "beta-VAE" (2017).
public final class GaussianSampling: MergingLayer, Codable {
    public let weight: Float
    public var seed: UInt64? { random.seed }
    public let name: String?
    private let random: SeededStream
    public var randomStreams: [RandomStream] { [random.stream] }

    private enum CodingKeys: String, CodingKey {
        case weight, name
        case random = "seed"
    }

    /// - Parameters:
    ///   - weight: the factor of the divergence, at least 0.
    ///   - seed: for numbers that do not depend on the model's seed.
    ///   - name: the layer's name in messages, summaries and files; by default its type with a number.
    public init(weight: Float = 1, seed: UInt64? = nil, name: String? = nil) {
        self.weight = weight
        random = SeededStream(seed)
        self.name = name
    }

    public func build(_ inputs: [Shape], _ context: inout BuildContext) throws -> Shape {
        guard inputs.count == 2, inputs[0] == inputs[1] else {
            throw context.error(
                .shape, "needs a mean and the logarithm of a variance for each number",
                expected: "two inputs of one shape",
                got: inputs.map(\.description).joined(separator: ", "))
        }
        guard weight >= 0, weight.isFinite else {
            throw context.error(
                .argument, "invalid weight", expected: "a number of at least 0", got: weight.text)
        }
        return inputs[0]
    }

    public func forward(
        _ inputs: consuming [Tensor], _ pass: Pass
    ) -> (output: Tensor, pullback: MergingPullback) {
        let (mean, logVariance) = (inputs[0], inputs[1])
        let variance = logVariance.exponential
        let share = weight / Float(max(1, mean.shape[0]))
        pass.add(loss: share / 2 * (mean.squared + variance - logVariance - 1).sum())
        let noise: Tensor? =
            pass.isTraining
            ? variance.squareRoot * .randomNormal(mean.shape, key: random.stream.next()) : nil
        return (
            noise.map { mean + $0 } ?? mean,
            { dz in
                // ∂z/∂mean = 1, ∂z/∂logVariance = noise / 2
                var dLogVariance = (variance - 1) * (share / 2)
                if let noise { dLogVariance += dz * noise * 0.5 }
                return [dz + mean * share, dLogVariance]
            }
        )
    }
}
