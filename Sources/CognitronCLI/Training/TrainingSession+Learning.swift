import Cognitron
import CognitronModels

// Networks that learn in their own way, without gradients, steps and epochs.

extension TrainingSession {
    /// Throws where an option is given that a network does not use that learns in its own way.
    func requireUsedOptions() throws {
        guard !plan.recipe.model.learnsByGradients else { return }
        let given = [
            ("--plan", isTrial), ("--checkpoint", plan.checkpoint != nil),
            ("--augment", !plan.recipe.augmentations.isEmpty),
            ("--accumulate", plan.recipe.accumulate != nil),
            ("--early-stopping", plan.run?.earlyStopping != nil), ("--control", plan.run?.control != nil),
            ("--log", plan.run?.log != nil), ("--tensorboard", plan.run?.tensorboard != nil),
        ]
        for (option, isGiven) in given where isGiven { try requireGradients(option) }
        Output.note(
            "\(plan.recipe.model) learns in one pass and without an optimizer: --epochs, --batch-size, "
                + "--learning-rate and the like do not count")
    }

    /// Throws where the network takes no training steps.
    func requireGradients(_ option: String) throws {
        guard !plan.recipe.model.learnsByGradients else { return }
        throw CognitronError(
            .argument, option, "\(plan.recipe.model) learns in one pass, without training steps",
            advice: "leave it out")
    }

    /// The scores of a network that has learnt already, as a history of one epoch; none of one without
    /// losses.
    func measured(
        _ model: Model, _ training: any BatchSource, _ validation: any BatchSource, batchSize: Int
    ) throws -> History {
        var scores: [String: [Float]] = [:]
        guard model.optimizer != nil else { return History(epochs: [1], scores: [:]) }
        for (prefix, source) in [("", training), ("val_", validation)] {
            let own = try model.evaluate(source, batchSize: batchSize)
            for name in own.names { scores[prefix + name] = own[name].map { [$0] } }
        }
        return History(epochs: [1], scores: scores)
    }
}
