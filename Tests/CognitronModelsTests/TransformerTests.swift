import Cognitron
import CognitronData
import CognitronModels
import Foundation
import Testing

@Suite("Transformers")
struct TransformerTests {
    private static let tiny = TransformerSizes(layers: 1, features: 16, heads: 2, units: 32, dropout: 0)

    @Test("The base form has the paper's parameters")
    func baseParameters() throws {
        #expect(try ModelName.transformerBase.make(task: .text).parameterCount == 63_082_496)
    }

    @Test("Padding of the source changes nothing, later tokens change no earlier output, others do")
    func masks() throws {
        try expectTranslatorMasks(transformer(inputTokens: 9, targetTokens: 7, Self.tiny))
    }

    @Test("A GPT sees no later tokens, and takes no text longer than its positions")
    func causality() throws {
        let model = try gpt(tokenCount: 7, length: 4, Self.tiny)
        let (a, b) = (
            try model.predict([[2, 4, 5, 1]] as Tensor), try model.predict([[2, 4, 5, 6]] as Tensor)
        )
        #expect(a.slice(axis: 1, 0..<3).maximumDifference(from: b.slice(axis: 1, 0..<3)) < 1e-6)
        #expect(a != b)
        #expect(throws: CognitronError.self) { _ = try model.predict([[2, 4, 5, 1, 3]] as Tensor) }
    }

    @Test("Decoding step by step gives what whole texts give", arguments: [false, true])
    func decoding(isGPT: Bool) throws {
        let model =
            try isGPT
            ? gpt(tokenCount: 7, length: 8, Self.tiny)
            : transformer(inputTokens: 9, targetTokens: 7, Self.tiny, sharesEmbedding: false)
        let source: Tensor = [[3, 8, 5], [4, 7, 0]]
        let tokens: Tensor = [[2, 4, 5, 1, 6], [2, 3, 3, 6, 4]]
        let given = isGPT ? [] : [source]
        let whole = try model.predict(given + [tokens])[0]
        var decoding = try model.decoding(given: given, stepping: given.count)
        #expect(decoding.limit == (isGPT ? 8 : nil))
        for steps in [0..<2, 2..<3, 3..<4, 4..<5] {
            let output = try decoding.next(tokens.slice(axis: 1, steps))
            #expect(output.maximumDifference(from: whole.slice(axis: 1, steps)) < 1e-5)
        }
    }

    @Test("A file keeps the embeddings tied")
    func files() throws {
        let model = try transformer(inputTokens: 7, targetTokens: 7, Self.tiny, sharesEmbedding: true)
        let file = FileManager.default.temporaryDirectory.appending(path: "\(UUID()).safetensors").path
        defer { try? FileManager.default.removeItem(atPath: file) }
        try model.save(file)
        let loaded = try Model.load(file)
        #expect(loaded.parameterCount == model.parameterCount)
        let inputs: [Tensor] = [[[3, 4]], [[2, 5]]]
        #expect(try loaded.predict(inputs) == model.predict(inputs))
    }

    @Test("A small transformer learns to reverse its source")
    func reversal() throws {
        var generator = RandomKey(seed: 1).generator()
        let sources = (0..<600).map { _ in (0..<5).map { _ in Int.random(in: 4..<9, using: &generator) } }
        let pairs = TokenSource(sources: sources, targets: sources.map { $0.reversed() }, start: 2, end: 3)
        let model = try transformer(inputTokens: 9, targetTokens: 9, Self.tiny)
        try model.compile(
            optimizer: Adam(learningRate: .inverseSquareRoot(learningRate: 0.01, warmupSteps: 50)),
            loss: .sparseCategoricalCrossentropy(fromLogits: true), metrics: [.accuracy], seed: 1)
        let history = try model.fit(pairs, batchSize: 20, epochs: 12, verbose: .silent)
        #expect(try #require(history["accuracy"].last) > 0.95)
    }

    @Test("The warm-up rises to its highest rate and falls with the root of the step")
    func schedule() {
        let schedule = LearningRate.inverseSquareRoot(features: 512, warmupSteps: 4000)
        for step in [1, 100, 4000, 4001, 16_000] {
            let s = Double(step)
            let exact = pow(512, -0.5) * min(pow(s, -0.5), s * pow(4000, -1.5))
            #expect(abs(schedule(step - 1) - Float(exact)) < 1e-6 * Float(exact) + 1e-9)
        }
    }
}
