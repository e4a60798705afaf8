import Cognitron

/// Trains on sums of pairs of samples and of their targets.
///
/// - Source: Zhang et al., "mixup: Beyond Empirical Risk Minimization" (2018).
struct Mixup: WrappingStep {
    let wrapped: SupervisedStep
    let share: Float

    func train(_ batch: Batch, _ trainer: Trainer) throws -> Scores {
        var mixed = batch
        mixed.inputs = batch.inputs.map(mix)
        mixed.targets = batch.targets.map(mix)
        return try wrapped.train(mixed, trainer)
    }

    private func mix(_ samples: Tensor) -> Tensor {
        let count = samples.sampleCount
        return samples * (1 - share) + samples.batch((0..<count).reversed()) * share
    }
}

/// Adds the distance between the outputs for an input and for the input with noise.
///
///     penalty = factor · mean (f(x) − f(x + noise))²
struct Consistency: WrappingStep {
    let wrapped: SupervisedStep
    let factor: Float

    func train(_ batch: Batch, _ trainer: Trainer) throws -> Scores {
        let (model, x) = (trainer.networks[0].value, batch.inputs[0])
        let noise = Tensor.randomNormal(x.shape, key: trainer.stepKey.folding("noise"))
        let (clean, cleanPullback) = model.forward(x, .training)
        let (noisy, noisyPullback) = model.forward(x + noise, .training)
        let distance = clean - noisy
        let gradient = distance * (2 * factor / Float(distance.count))
        _ = cleanPullback(gradient)
        _ = noisyPullback(gradient * -1)
        return try wrapped.train(batch, trainer, penalties: ["consistency": factor * distance.squared.mean()])
    }
}

/// Trains a student on the targets and on the outputs of a teacher.
///
/// - Source: Hinton et al., "Distilling the Knowledge in a Neural Network" (2015).
struct Distillation: WrappingStep {
    let wrapped: SupervisedStep

    func train(_ batch: Batch, _ trainer: Trainer) throws -> Scores {
        let taught = try trainer.networks["teacher"].predict(batch.inputs[0])
        let (output, pullback) = trainer.networks["student"].forward(batch.inputs[0], .training)
        let (loss, gradient) = Loss.meanSquaredError(output, taught)
        _ = pullback(gradient)
        return try wrapped.train(batch, trainer, penalties: ["distillation": loss])
    }
}
