import Cognitron

/// One step of a generator and a discriminator: the discriminator learns from real and generated numbers in
/// every step, the generator from the discriminator in every second one.
///
/// - Source: Goodfellow et al., "Generative Adversarial Nets" (2014).
final class AdversarialStep: TrainingStep {
    private let loss = Loss.binaryCrossentropy(fromLogits: true)
    private var turns = 0

    func train(_ batch: Batch, _ trainer: Trainer) throws -> Scores {
        let (generator, discriminator) = (trainer.networks["generator"], trainer.networks["discriminator"])
        let noise = Tensor.randomNormal([batch.count, 2], key: trainer.stepKey.folding("noise"))
        let (made, generatorPullback) = generator.forward(noise, .training)

        let real = learn(discriminator, batch.inputs[0], label: 1)
        let fake = learn(discriminator, made, label: 0)
        try trainer.update("discriminator")

        turns += 1
        let (score, scorePullback) = discriminator.forward(made, .training)
        let (deceit, gradient) = loss(score, .ones(score.shape))
        if turns.isMultiple(of: 2) {
            _ = generatorPullback(scorePullback(gradient))
            for parameter in discriminator.parameters { parameter.clearGradient() }
            try trainer.update("generator")
        }
        return ["loss": real + fake, "generator_loss": deceit]
    }

    func test(_ batch: Batch, _ trainer: Trainer) throws -> Scores {
        let score = try trainer.networks["discriminator"].predict(batch.inputs[0])
        return ["loss": loss(score, .ones(score.shape)).loss]
    }

    func saveState() -> StateTree { ["turns": StateTree(turns)] }

    func restore(_ state: StateTree) throws { turns = try state.get("turns") }

    private func learn(_ discriminator: Model, _ numbers: Tensor, label: Float) -> Float {
        let (score, pullback) = discriminator.forward(numbers, .training)
        let (value, gradient) = loss(score, Tensor(repeating: label, shape: score.shape))
        _ = pullback(gradient)
        return value
    }
}
