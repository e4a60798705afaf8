import ArgumentParser
import Cognitron
import CognitronModels

extension ModelName: ExpressibleByArgument {
    public init?(argument: String) {
        guard let model = try? ModelName(named: argument) else { return nil }
        self = model
    }

    public static var allValueStrings: [String] { table.names }
    public static var defaultCompletionKind: CompletionKind { .list(table.names) }
}

extension ModelName {
    /// The batch sizes to measure where none are given: pictures of ImageNet's size need some hundred times
    /// the memory of small ones; those that published segmentation networks read are trained singly.
    var usualBatch: Int {
        switch inputShape.elementCount {
        case _ where isForTexts: 32
        case ..<40_000: 128
        case ..<300_000: 32
        default: 1
        }
    }

    /// The compiled model with initial weights, for the samples and classes that it was designed for. The
    /// learning rate is so small that no network diverges on random images.
    func makeCompiled() throws -> Model {
        let model = try make(task: exampleTask)
        guard model.measuredShape(self) != nil else {
            throw CognitronError(
                .argument, name, "is not measured here", expected: "a network of one input",
                got: "several")
        }
        let settings = TrainerSettings(optimizer: { Adam(learningRate: 1e-6, beta1: 0.5) }, seed: 1)
        if let trainer = try trainer(for: exampleTask, model, settings) {
            try model.compile(trainer)
            return model
        }
        guard learnsByGradients || !findsObjects else { return model }
        try model.compile(
            optimizer: SGD(learningRate: 1e-4, momentum: 0.9), losses: recipe(for: exampleTask, model).losses,
            seed: 1)
        return model
    }
}
