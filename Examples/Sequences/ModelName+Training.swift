import Cognitron
import CognitronData
import CognitronModels

extension ModelName {
    /// The network, trained on a part as its `training` says.
    ///
    /// - Parameters:
    ///   - own: a network of the same kind with other sizes.
    ///   - epochs, batchSize, learningRate: by default its own.
    ///   - teacherForcing: the share of tokens that a decoder is told at the end, falling evenly from 1.
    func trained(
        on part: DatasetPart, as own: Model? = nil, epochs: Int? = nil, batchSize: Int? = nil,
        learningRate: Float? = nil, teacherForcing: Float = 1, _ settings: ExperimentSettings
    ) throws -> Model {
        let model = try own ?? make(for: part)
        let recipe = try recipe(for: part.task, model)
        let (epochs, batchSize) = (epochs ?? training.epochs ?? 5, batchSize ?? training.batchSize ?? 32)
        let steps = epochs * ((part.count + batchSize - 1) / batchSize)
        let rate = learningRate ?? training.learningRate ?? 0.001
        // Transformers would diverge without a warm-up.
        let warmup = training.schedule == "inverse-square-root" ? steps / 10 : 0
        let schedule =
            warmup == 0
            ? LearningRate.cosineDecay(initialLearningRate: rate, decaySteps: steps)
            : .cosineDecay(
                initialLearningRate: 0, decaySteps: steps - warmup, warmupTarget: rate, warmupSteps: warmup)
        try model.compile(
            optimizer: Adam(learningRate: schedule),
            losses: recipe.losses, metrics: recipe.metrics,
            gradients: training.clipNorm.map { [.clip(globalNorm: $0)] } ?? [], seed: settings.seed,
            step: {
                ScheduledSampling(wrapped: $0, share: .linear(to: teacherForcing, steps: steps))
            })
        let progress = LambdaCallback(onEpochEnd: { epoch, scores, _ in
            settings.report("epoch \(epoch) of \(epochs): loss \(scores.loss)")
        })
        try model.fit(
            part.source, batchSize: batchSize, epochs: epochs, callbacks: [progress], verbose: .silent)
        return model
    }
}
