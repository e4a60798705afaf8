import Cognitron
import CognitronData
import CognitronModels

/// A recipe's network, compiled for the samples of a part.
struct Network {
    let model: Model
    let optimizer: any Optimizer
    /// The losses and metrics of the network's task.
    let recipe: TaskRecipe

    /// - Parameter batchSize: samples per step, at most the data's number: stored in the model's file.
    init(_ recipe: TrainingRecipe, _ training: DatasetPart, batchSize: Int) throws {
        model = try recipe.model.make(inputShape: training.inputShape, task: training.task)
        try model.adaptNormalization(to: training.source)
        var stored = recipe
        stored.batchSize = batchSize
        try ModelFile.describe(model, stored, training)
        optimizer = recipe.optimizer.make(for: model, recipe.learningRate, recipe.weightDecay)
        self.recipe = try recipe.model.recipe(
            for: training.task, model, labelSmoothing: recipe.labelSmoothing)
        try model.compile(
            optimizer: optimizer, losses: self.recipe.losses, metrics: self.recipe.metrics,
            gradients: recipe.accumulate.map { [.accumulate($0)] } ?? [], seed: recipe.seed)
    }

    /// The samples with the targets that the network learns, changed at random in training.
    func source(_ part: DatasetPart, _ augmentations: [Augmentation] = []) -> any BatchSource {
        recipe.targets.source(augmentations.isEmpty ? part.source : part.augmented(augmentations))
    }
}
