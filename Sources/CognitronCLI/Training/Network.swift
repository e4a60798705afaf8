import Cognitron
import CognitronData
import CognitronModels
import CognitronPrediction

/// A recipe's network, compiled for the samples of a part.
struct Network {
    let model: Model
    let optimizer: any Optimizer
    /// The losses and metrics of the network's task.
    let recipe: TaskRecipe
    /// The parameters that the transfer recipe has frozen.
    let frozen: [Parameter]
    /// What was loaded and frozen, as lines.
    let transferNotes: [String]
    /// The random changes of the training samples.
    private let augmentations: [Augmentation]
    /// The number of classes, where targets are distributions over them: augmentations that mix samples need
    /// that.
    private let mixedClasses: Int?

    /// - Parameters:
    ///   - batchSize: samples per step, at most the data's number: stored in the model's file.
    ///   - base: the model whose weights the network starts from.
    init(
        _ recipe: TrainingRecipe, _ training: DatasetPart, batchSize: Int, from base: ModelFile? = nil
    ) throws {
        let model = try Self.model(recipe, training)
        try recipe.model.adapt(model, to: training.source)
        var stored = recipe
        stored.batchSize = batchSize
        try ModelFile.describe(model, stored, training)
        let batches = training.batchCount(ofSize: batchSize)
        let request = OptimizerName.Request(
            model: model, learningRate: recipe.learningRate, weightDecay: recipe.weightDecay,
            batchSize: batchSize, steps: recipe.epochs.multipliedReportingOverflow(by: batches).partialValue)
        augmentations = try Self.augmentations(recipe, training)
        var task = try recipe.model.recipe(
            for: training.task, model, labelSmoothing: recipe.labelSmoothing)
        let mixes =
            augmentations.contains(where: \.mixesTargets) && training.task.kind == .classification
            && task.targets == .given
        mixedClasses = mixes ? training.task.classNames.count : nil
        if mixes { task.losses = [.categoricalCrossentropy(labelSmoothing: recipe.labelSmoothing)] }
        let (optimizerName, ema) = (recipe.optimizer, recipe.ema)
        try optimizerName.requireAverages(ema, request)
        let settings = TrainerSettings(
            optimizer: { optimizerName.make(request, ema: ema) },
            gradients: Self.sumsOverRanks(recipe) + (recipe.accumulate.map { [.accumulate($0)] } ?? [])
                + (recipe.clipNorm.map { [.clip(globalNorm: $0)] } ?? []),
            labelSmoothing: recipe.labelSmoothing, seed: recipe.seed)
        let sampling = try Self.sampling(
            recipe, training.task, steps: request.steps &* (recipe.accumulate ?? 1))
        if let trainer = try recipe.model.trainer(for: training.task, model, settings) {
            try Self.requireNoFreezing(recipe)
            try model.compile(trainer)
            optimizer = trainer.optimizers[0].value
        } else {
            optimizer = settings.optimizer()
            // A detector that has learnt already has no losses.
            if !task.losses.isEmpty {
                try model.compile(
                    optimizer: optimizer, losses: task.losses, metrics: task.metrics,
                    gradients: settings.gradients, seed: recipe.seed, step: sampling)
            }
        }
        let transfer = try Transfer(recipe.transfer, from: base, to: model, optimizer, training)
        (frozen, transferNotes) = (transfer.frozen, transfer.notes)
        (self.model, self.recipe) = (model, task)
    }

    /// The sum of gradients over ranks and over the parts of a batch; none where there are neither.
    private static func sumsOverRanks(_ recipe: TrainingRecipe) -> [any GradientTransform] {
        guard Ranks.count > 1 || recipe.shards != nil else { return [] }
        return [
            .allReduce(
                Ranks.communicator ?? SoloCommunicator(), shards: recipe.shards,
                synchronizedStatistics: recipe.synchronizesStatistics ?? false)
        ]
    }

    /// The network, which has learnt already where no gradients are followed.
    private static func model(_ recipe: TrainingRecipe, _ training: DatasetPart) throws -> Model {
        guard !recipe.model.learnsByGradients else {
            return try recipe.model.make(for: training)
        }
        return try recipe.model.learned(
            from: training.source, inputShape: training.inputShape, task: training.task, seed: recipe.seed
        ) { Output.note($0) }
    }

    /// Throws where layers are to be frozen of networks that learn from each other.
    private static func requireNoFreezing(_ recipe: TrainingRecipe) throws {
        guard recipe.transfer != nil else { return }
        throw CognitronError(
            .argument, "--freeze, --thaw, --learning-rates", "\(recipe.model) holds several networks",
            advice: "leave them out; --from continues with the weights of both")
    }

    /// The step of a decoder that is not told all tokens; nil where it is.
    private static func sampling(
        _ recipe: TrainingRecipe, _ task: DataTask, steps: Int
    ) throws -> ((SupervisedStep) -> any TrainingStep)? {
        guard let share = recipe.teacherForcing else { return nil }
        guard task.kind == .text else {
            throw CognitronError(
                .argument, "--teacher-forcing", "\(recipe.dataset) has no texts to be written",
                expected: "pairs of texts, such as dates", advice: "leave it out")
        }
        return { ScheduledSampling(wrapped: $0, share: .linear(to: share, steps: max(1, steps))) }
    }

    private static func augmentations(
        _ recipe: TrainingRecipe, _ training: DatasetPart
    ) throws -> [Augmentation] {
        guard !recipe.augmentations.isEmpty else { return [] }
        guard training.inputShape.rank == 3 else {
            throw CognitronError(.argument, "--augment", "\(recipe.dataset) has no pictures")
        }
        return try recipe.augmentations.map { try $0.augmentation(for: training.inputShape) }
    }

    /// The samples that the network is trained on, changed at random.
    func trainingSource(_ part: DatasetPart) throws -> any BatchSource {
        let base = withMixedTargets(part.source)
        return try recipe.targets.source(
            augmentations.isEmpty ? base : base.augmented(augmentations, targets: part.task.targetKinds))
    }

    /// The samples that the network is measured on.
    func source(_ part: DatasetPart) throws -> any BatchSource {
        try recipe.targets.source(withMixedTargets(part.source))
    }

    private func withMixedTargets(_ source: any BatchSource) -> any BatchSource {
        guard let mixedClasses else { return source }
        return source.withCategoricalTargets(classCount: mixedClasses)
    }
}

extension DataTask {
    /// What is wrong with mirroring the samples; nil where nothing is known to be.
    func warning(of augmentations: [AugmentationName]) -> String? {
        let areCharacters =
            classNames.count > 1
            && classNames.allSatisfy { name in
                name.count == 1 && name.allSatisfy { $0.isLetter || $0.isNumber }
            }
        let flips = augmentations.map(\.name).filter { $0.hasPrefix("flip") }
        guard areCharacters, !flips.isEmpty else { return nil }
        return
            "--augment \(flips.joined(separator: ",")): mirrored digits and letters are no digits and letters, "
            + "or others; leave it out"
    }
}

extension DatasetPart {
    /// The number of batches of an epoch; the last may be smaller.
    func batchCount(ofSize size: Int) -> Int { count / size + (count % size > 0 ? 1 : 0) }
}
