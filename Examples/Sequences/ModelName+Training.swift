import Cognitron
import CognitronData
import CognitronModels

extension ModelName {
    /// The network, trained on a part as its `training` says.
    ///
    /// - Parameter epochs: by default its own.
    func trained(
        on part: DatasetPart, epochs: Int? = nil, _ settings: ExperimentSettings
    ) throws -> Model {
        let model = try make(for: part)
        let recipe = try recipe(for: part.task, model)
        let (epochs, batchSize) = (epochs ?? training.epochs ?? 5, training.batchSize ?? 32)
        let steps = epochs * ((part.count + batchSize - 1) / batchSize)
        try model.compile(
            optimizer: Adam(
                learningRate: .cosineDecay(
                    initialLearningRate: training.learningRate ?? 0.001, decaySteps: steps)),
            losses: recipe.losses, metrics: recipe.metrics,
            gradients: training.clipNorm.map { [.clip(globalNorm: $0)] } ?? [], seed: settings.seed)
        try model.fit(part.source, batchSize: batchSize, epochs: epochs, verbose: .silent)
        return model
    }
}
