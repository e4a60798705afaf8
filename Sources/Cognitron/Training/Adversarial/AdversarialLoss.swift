import CognitronKernels

/// What a generator and a discriminator are trained on, from the discriminator's logits l; D = σ(l).
///
/// | loss | discriminator, of real and generated samples | generator |
/// |---|---|---|
/// | `minimax` | −log D, −log(1 − D) | log(1 − D) |
/// | `nonSaturating` | −log D, −log(1 − D) | −log D |
/// | `leastSquares` | ½ (l − 1)², ½ l² | ½ (l − 1)² |
/// | `hinge` | max(0, 1 − l), max(0, 1 + l) | −l |
/// | `wasserstein` | −l, l | −l |
///
/// Each is the mean over all logits: one a sample, `(N, 1)`, or one a patch, `(N, h, w, 1)`. Logarithms are
/// taken of logits, so that they are finite where D rounds to 0 or 1.
///
/// Where D(G(z)) is near 0, the slope of log(1 − D) by the logit is near 0 and that of −log D near −1: the
/// second form trains a generator that the discriminator still recognises.
///
/// The Wasserstein loss needs a discriminator whose slopes are bounded: `Constraint.clip` on its weights, or
/// `SpectralNormalization`. Gradient penalties need second derivatives, which pullbacks do not have.
///
/// - Source: Goodfellow et al., "Generative Adversarial Nets" (2014); Mao et al., "Least Squares Generative
///   Adversarial Networks" (2017); Lim and Ye, "Geometric GAN" (2017), for the hinge; Arjovsky et al.,
///   "Wasserstein GAN" (2017).
public struct AdversarialLoss: Sendable {
    /// From the logits, the mean loss and its gradient with respect to the logits.
    public typealias Part = @Sendable (_ logits: Tensor) -> (loss: Float, gradient: Tensor)

    public let name: String
    /// Whether σ(logit) is the probability that a sample is real. Otherwise logits are shown as they are.
    public let outputsProbabilities: Bool
    /// The discriminator's loss of real samples.
    public let real: Part
    /// The discriminator's loss of generated samples.
    public let fake: Part
    /// The generator's loss.
    public let generator: Part

    /// A loss of your own.
    ///
    /// - Parameters:
    ///   - outputsProbabilities: whether σ(logit) is the probability that a sample is real.
    ///   - real: the discriminator's loss of real samples, from their logits; `fake` likewise of generated
    ///     ones, and `generator` the generator's.
    public init(
        _ name: String, outputsProbabilities: Bool = false, real: @escaping Part, fake: @escaping Part,
        generator: @escaping Part
    ) {
        (self.name, self.outputsProbabilities) = (name, outputsProbabilities)
        (self.real, self.fake, self.generator) = (real, fake, generator)
    }

    /// D as it is shown: the mean probability of being real, or the mean logit.
    public func meanOutput(_ logits: Tensor) -> Float {
        (outputsProbabilities ? ActivationFunction.sigmoid(logits) : logits).mean()
    }

    /// The value of the game, which the discriminator maximises: −log 4 where D = ½ everywhere, which is the
    /// least that the best discriminator reaches.
    ///
    ///     V(D, G) = mean log D(x) + mean log(1 − D(G(z)))
    ///
    /// - Returns: nil where logits are no probabilities.
    public func value(real: Tensor, fake: Tensor) -> Float? {
        outputsProbabilities ? -Self.crossEntropy(real, 1).loss - Self.crossEntropy(fake, 0).loss : nil
    }
}

// MARK: - The package's own

extension AdversarialLoss {
    public static let minimax = minimax()
    /// - Parameter labelSmoothing: s from 0 to below 1: the discriminator learns 1 − s for real samples.
    public static func minimax(labelSmoothing: Float = 0) -> AdversarialLoss {
        logistic("minimax", labelSmoothing) { logits in
            let (loss, gradient) = crossEntropy(logits, 0)
            return (-loss, -gradient)
        }
    }

    public static let nonSaturating = nonSaturating()
    /// - Parameter labelSmoothing: s from 0 to below 1: the discriminator learns 1 − s for real samples.
    public static func nonSaturating(labelSmoothing: Float = 0) -> AdversarialLoss {
        logistic("non_saturating", labelSmoothing) { crossEntropy($0, 1) }
    }

    public static let leastSquares = leastSquares()
    /// - Parameter labelSmoothing: s from 0 to below 1: the discriminator learns 1 − s for real samples.
    public static func leastSquares(labelSmoothing: Float = 0) -> AdversarialLoss {
        let label = realLabel(labelSmoothing)
        return AdversarialLoss(
            "least_squares", real: { halfSquare($0, label) }, fake: { halfSquare($0, 0) },
            generator: { halfSquare($0, 1) })
    }

    public static let hinge = AdversarialLoss(
        "hinge", real: { Loss.hinge($0, .ones($0.shape)) },
        fake: { Loss.hinge($0, Tensor(repeating: -1, shape: $0.shape)) }, generator: { mean($0, times: -1) })

    public static let wasserstein = AdversarialLoss(
        "wasserstein", real: { mean($0, times: -1) }, fake: { mean($0, times: 1) },
        generator: { mean($0, times: -1) })

    private static func logistic(
        _ name: String, _ labelSmoothing: Float, generator: @escaping Part
    ) -> AdversarialLoss {
        let label = realLabel(labelSmoothing)
        return AdversarialLoss(
            name, outputsProbabilities: true, real: { crossEntropy($0, label) },
            fake: { crossEntropy($0, 0) }, generator: generator)
    }

    private static func realLabel(_ labelSmoothing: Float) -> Float {
        require((0..<1).contains(labelSmoothing), "a label smoothing of \(labelSmoothing), not 0 to below 1")
        return 1 - labelSmoothing
    }

    private static func crossEntropy(_ logits: Tensor, _ label: Float) -> (loss: Float, gradient: Tensor) {
        Loss.binaryCrossentropy(fromLogits: true)(logits, Tensor(repeating: label, shape: logits.shape))
    }

    private static func halfSquare(_ logits: Tensor, _ label: Float) -> (loss: Float, gradient: Tensor) {
        let (loss, gradient) = Loss.meanSquaredError(logits, Tensor(repeating: label, shape: logits.shape))
        return (loss / 2, gradient / 2)
    }

    private static func mean(_ logits: Tensor, times factor: Float) -> (loss: Float, gradient: Tensor) {
        (factor * logits.mean(), Tensor(repeating: factor / Float(logits.count), shape: logits.shape))
    }
}
