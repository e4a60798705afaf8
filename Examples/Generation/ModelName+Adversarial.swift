import Cognitron
import CognitronData
import CognitronModels

extension ModelName {
    /// A generator with its discriminator, ready to be trained by Adam with a β₁ of ½.
    ///
    /// - Throws: `CognitronError.argument` where the network is no generator.
    func compiledGenerator(
        inputShape: Shape, task: DataTask, learningRate: Float = 2e-4, seed: UInt64
    ) throws -> Model {
        let model = try make(inputShape: inputShape, task: task)
        let settings = TrainerSettings(
            optimizer: { Adam(learningRate: learningRate, beta1: 0.5) }, seed: seed)
        guard let trainer = try trainer(for: task, model, settings) else {
            throw CognitronError(.argument, "\(self)", "is no generator")
        }
        try model.compile(trainer)
        return model
    }
}
