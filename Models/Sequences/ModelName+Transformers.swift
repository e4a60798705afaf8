import Cognitron
import CognitronData

extension ModelName {
    static let transformers: [ModelName] = [.transformer, .transformerBase, .gpt]

    public static let transformer = translator(
        "transformer", "an encoder and a decoder of attention; small", .small, tokenCount: 1000,
        training: TrainingDefaults(
            optimizer: "adam", learningRate: 0.002, schedule: "inverse-square-root", clipNorm: 1,
            batchSize: 64, epochs: 10))

    public static let transformerBase = translator(
        "transformer-base", "the transformer in the paper's base form", .base, tokenCount: 37_000,
        training: TrainingDefaults(
            optimizer: "adam", learningRate: 0.0007, schedule: "inverse-square-root", batchSize: 64))

    /// - Parameter tokenCount: of the one vocabulary that it was designed for.
    private static func translator(
        _ name: String, _ summary: String, _ sizes: TransformerSizes, tokenCount: Int,
        training: TrainingDefaults
    ) -> ModelName {
        ModelName(
            name, summary, tasks: [.text], tokenCounts: (tokenCount, tokenCount),
            paper: "Vaswani et al. 2017", training: training
        ) { coding, _, _ in
            try CognitronModels.transformer(
                inputTokens: try coding.requireInputs(name).vocabularySize,
                targetTokens: try coding.requireTargets(name).vocabularySize, sizes,
                sharesEmbedding: coding.inputs?.lookup == coding.targets?.lookup)
        }
    }

    public static let gpt = ModelName(
        "gpt", "a transformer's decoder, for language", tasks: [.language], tokenCounts: (1000, nil),
        length: 128, paper: "Radford et al. 2019",
        training: TrainingDefaults(
            optimizer: "adam", learningRate: 0.001, schedule: "cosine", clipNorm: 1, batchSize: 32)
    ) { coding, shape, _ in
        try CognitronModels.gpt(
            tokenCount: try coding.requireInputs("gpt").vocabularySize, length: max(256, shape[0]))
    }
}

extension TextCoding {
    /// - Throws: `CognitronError` where the data have no text to read.
    func requireInputs(_ model: String) throws -> TextVectorization {
        guard let inputs else {
            throw CognitronError(
                .argument, model, "reads texts", expected: "a data set whose inputs are texts")
        }
        return inputs
    }

    /// - Throws: `CognitronError` where the data have no text to write.
    func requireTargets(_ model: String) throws -> TextVectorization {
        guard let targets else {
            throw CognitronError(
                .argument, model, "writes texts", expected: "a data set whose targets are texts")
        }
        return targets
    }
}
