import CognitronKernels

/// One step of a generator and a discriminator, which learn from each other.
///
///     let trainer = Trainer(
///         networks: ["generator": g, "discriminator": d],
///         optimizers: ["generator": Adam(learningRate: 2e-4, beta1: 0.5), …],
///         step: AdversarialStep(loss: .nonSaturating, form: .labelled))
///     try trainer.fit(source, batchSize: 64, epochs: 20)
///
/// The discriminator is updated first, on a batch of real samples and as many generated ones; then the
/// generator, by the updated discriminator's judgement of the same samples. Its gradient passes through the
/// discriminator without adding to the gradients of the discriminator's weights.
///
/// - The generator has the inputs noise and condition, as far as it takes them, and one output. It gets noise
///   if it has one more input than the form has conditions; the noise has the shape of the first input.
/// - The discriminator has the inputs sample and condition, as far as there is one, and one output: logits of
///   any shape.
/// - Scores: `loss`, the sum of all; `generator_loss` and `discriminator_loss` with their regularizers'
///   penalties; `D(x)` and `D(G(z))`, the discriminator's mean output before its update; `V`, the value of
///   the game, of losses with probabilities; `reconstruction_loss`. Validation runs both networks in
///   inference, with the same noise in every epoch.
/// - Throws: from fit and evaluate, `CognitronError` where batches and networks do not fit each other, or a
///   loss is not finite.
/// - Source: Goodfellow et al., "Generative Adversarial Nets" (2014), algorithm 1; for pairs, Isola et al.,
///   "Image-to-Image Translation with Conditional Adversarial Networks" (2017).
public final class AdversarialStep: TrainingStep {
    /// What of a batch is real, and what both networks are told about it.
    public enum Form: Sendable {
        /// The first input is real, without a condition.
        case samples
        /// The first input is real; the condition is its class, the first target `(N)`, which networks get as
        /// `(N, 1)`.
        case labelled
        /// The first target is real; the condition is the first input, such as a drawing of the picture.
        case pairs
    }

    /// The distribution of the generator's noise.
    public enum Noise: Sendable {
        case normal
        /// From −1 to 1.
        case uniform
    }

    public let loss: AdversarialLoss
    public let form: Form
    public let noise: Noise
    public let discriminatorSteps: Int
    public let discriminatorWeight: Float
    public let reconstruction: Loss?
    public let reconstructionWeight: Float
    /// The number of batches measured since the pass began, which numbers their noise.
    private var measured = 0

    /// - Parameters:
    ///   - noise: the distribution of the generator's noise.
    ///   - discriminatorSteps: updates of the discriminator for each of the generator, each on a batch of its
    ///     own; at least 1.
    ///   - discriminatorWeight: the factor of the discriminator's loss.
    ///   - reconstruction: a further loss of the generator in pairs, of what it makes against what is real;
    ///     nil for none.
    ///   - reconstructionWeight: the factor of that loss.
    public init(
        loss: AdversarialLoss = .nonSaturating, form: Form = .samples, noise: Noise = .normal,
        discriminatorSteps: Int = 1, discriminatorWeight: Float = 1, reconstruction: Loss? = nil,
        reconstructionWeight: Float = 100
    ) {
        require(discriminatorSteps >= 1, "\(discriminatorSteps) steps of the discriminator")
        require(reconstruction == nil || form == .pairs, "a reconstruction of samples that are no pairs")
        (self.loss, self.form, self.noise) = (loss, form, noise)
        (self.discriminatorSteps, self.discriminatorWeight) = (discriminatorSteps, discriminatorWeight)
        (self.reconstruction, self.reconstructionWeight) = (reconstruction, reconstructionWeight)
    }

    public var directions: [String: Direction] {
        var directions: [String: Direction] = [:]
        for name in ["loss", "generator_loss", "discriminator_loss"] { directions[name] = .minimize }
        if reconstruction != nil { directions["reconstruction_loss"] = .minimize }
        return directions
    }

    public func beginPass() { measured = 0 }

    public func train(_ batch: Batch, _ trainer: Trainer) throws -> Scores {
        let (generator, discriminator) = (trainer.networks["generator"], trainer.networks["discriminator"])
        let (real, condition) = parts(of: batch)
        let noise = drawnNoise(for: generator, batch.count, trainer.stepKey.folding("noise"))
        let (outputs, generatorPullback) = generator.forward(inputs: noise + condition, .training)
        let generated = outputs[0]

        let onReal = judge([real] + condition, by: discriminator, loss.real)
        let onFake = judge([generated] + condition, by: discriminator, loss.fake)
        let penalty = SupervisedStep.regularize(discriminator.parameters)
        let discriminatorLoss = discriminatorWeight * (onReal.loss + onFake.loss) + penalty
        try Self.requireFinite(discriminatorLoss, "discriminator_loss", isTraining: true)
        try trainer.update("discriminator")

        // The generator's turn comes after so many batches of the discriminator's.
        let isDue = (trainer.stepsTaken + 1).isMultiple(of: discriminatorSteps)
        let copying = reconstruction.map { $0(generated, real) }
        var generatorLoss = isDue ? 0 : loss.generator(onFake.logits).loss
        if isDue {
            let (logits, pullback) = discriminator.forward(inputs: [generated] + condition, .training)
            let (deceit, gradient) = loss.generator(logits[0])
            var generatedGradient = discriminator.withoutOwnGradients { pullback([gradient])[0] }
            if let copying { generatedGradient += copying.gradient * reconstructionWeight }
            _ = generatorPullback([generatedGradient])
            generatorLoss = deceit + SupervisedStep.regularize(generator.parameters)
        }
        try Self.requireFinite(generatorLoss, "generator_loss", isTraining: true)
        if isDue { try trainer.update("generator") }
        return scores(generatorLoss, discriminatorLoss, onReal.logits, onFake.logits, copying?.loss)
    }

    public func test(_ batch: Batch, _ trainer: Trainer) throws -> Scores {
        let (generator, discriminator) = (trainer.networks["generator"], trainer.networks["discriminator"])
        let (real, condition) = parts(of: batch)
        measured += 1
        let noise = drawnNoise(
            for: generator, batch.count, trainer.key.folding("validation noise").folding(measured))
        let generated = generator.forward(inputs: noise + condition, .prediction).outputs[0]
        let onReal = discriminator.forward(inputs: [real] + condition, .prediction).outputs[0]
        let onFake = discriminator.forward(inputs: [generated] + condition, .prediction).outputs[0]
        let discriminatorLoss =
            discriminatorWeight * (loss.real(onReal).loss + loss.fake(onFake).loss)
            + SupervisedStep.penalty(discriminator.parameters)
        let generatorLoss = loss.generator(onFake).loss + SupervisedStep.penalty(generator.parameters)
        try Self.requireFinite(discriminatorLoss + generatorLoss, "loss", isTraining: false)
        return scores(
            generatorLoss, discriminatorLoss, onReal, onFake,
            reconstruction.map { $0(generated, real).loss })
    }

    /// The discriminator's loss of samples with their logits. Adds to the gradients of its weights.
    private func judge(
        _ inputs: [Tensor], by discriminator: Model, _ part: AdversarialLoss.Part
    ) -> (loss: Float, logits: Tensor) {
        let (outputs, pullback) = discriminator.forward(
            inputs: inputs, .training.needingInputGradient(false))
        var (loss, gradient) = part(outputs[0])
        if discriminatorWeight != 1 { gradient *= discriminatorWeight }
        _ = pullback([gradient])
        return (loss, outputs[0])
    }

    private func scores(
        _ generatorLoss: Float, _ discriminatorLoss: Float, _ onReal: Tensor, _ onFake: Tensor,
        _ reconstructionLoss: Float?
    ) -> Scores {
        var scores: Scores = [
            "loss": generatorLoss + discriminatorLoss + reconstructionWeight * (reconstructionLoss ?? 0),
            "generator_loss": generatorLoss, "discriminator_loss": discriminatorLoss,
            "D(x)": loss.meanOutput(onReal), "D(G(z))": loss.meanOutput(onFake),
        ]
        if let value = loss.value(real: onReal, fake: onFake) { scores["V"] = value }
        if let reconstructionLoss { scores["reconstruction_loss"] = reconstructionLoss }
        return scores
    }

    private static func requireFinite(_ loss: Float, _ name: String, isTraining: Bool) throws {
        guard loss.isFinite else {
            throw CognitronError.notFinite(name, "the loss is \(loss.text)", isTraining: isTraining)
        }
    }
}

extension Model {
    /// Runs a pullback of this model without the gradients of its weights, which saves their products.
    ///
    /// Weights are frozen during the backward pass only: normalisation of frozen layers would use other
    /// statistics in the forward pass.
    fileprivate func withoutOwnGradients<Result>(_ pullback: () -> Result) -> Result {
        let trainable = parameters.filter(\.isTrainable)
        for parameter in trainable { parameter.isTrainable = false }
        defer { for parameter in trainable { parameter.isTrainable = true } }
        return pullback()
    }
}
