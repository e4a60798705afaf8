import Cognitron

/// What the trainer of a network is made with whose step is not the supervised one (`ModelName.trainer`).
public struct TrainerSettings: Sendable {
    /// Gives an optimizer for each network.
    public var optimizer: @Sendable () -> any Optimizer
    public var gradients: [any GradientTransform]
    /// The share of labels that is smoothed.
    public var labelSmoothing: Float
    public var seed: UInt64?

    public init(
        optimizer: @escaping @Sendable () -> any Optimizer, gradients: [any GradientTransform] = [],
        labelSmoothing: Float = 0, seed: UInt64? = nil
    ) {
        (self.optimizer, self.gradients) = (optimizer, gradients)
        (self.labelSmoothing, self.seed) = (labelSmoothing, seed)
    }
}

extension Trainer {
    /// The trainer of the generator and the discriminator inside a model (`Model.adversarial`).
    ///
    /// - Throws: `CognitronError` where the model has no such layers.
    public static func adversarial(
        _ model: Model, _ settings: TrainerSettings, step: AdversarialStep
    ) throws -> Trainer {
        func network(_ name: String) throws -> Model {
            if let network = model.layer(named: name) as? Model { return network }
            throw CognitronError(.model, model.name ?? "the model", "has no network called \(name)")
        }
        return Trainer(
            networks: ["generator": try network("generator"), "discriminator": try network("discriminator")],
            optimizers: ["generator": settings.optimizer(), "discriminator": settings.optimizer()],
            step: step, gradients: settings.gradients, seed: settings.seed)
    }
}
