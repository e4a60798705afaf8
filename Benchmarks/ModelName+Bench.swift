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
    /// The compiled model with initial weights.
    func makeCompiled() throws -> Model {
        let model = try make()
        try model.compile(
            optimizer: SGD(learningRate: 0.01, momentum: 0.9), loss: .sparseCategoricalCrossentropy, seed: 1)
        return model
    }
}
