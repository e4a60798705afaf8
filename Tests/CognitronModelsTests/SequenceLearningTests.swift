import Cognitron
import CognitronData
import CognitronModels
import Testing

@Suite("Networks that read texts")
struct SequenceLearningTests {
    /// Trains a network by its name on a part, as the command line does.
    private func trained(
        _ name: ModelName, _ part: DatasetPart, epochs: Int, batchSize: Int = 16, _ own: Model? = nil
    ) throws -> Model {
        let model = try own ?? name.make(for: part)
        let recipe = try name.recipe(for: part.task, model)
        try model.compile(
            optimizer: Adam(learningRate: 0.005), losses: recipe.losses, metrics: recipe.metrics,
            gradients: [.clip(globalNorm: 1)], seed: 1)
        try model.fit(part.source, batchSize: batchSize, epochs: epochs, verbose: .silent)
        return model
    }

    /// Words whose tag depends on the word after them, in sentences of 2 to 9 words.
    private func tagged(_ count: Int, seed: UInt64) -> TaggedSentences {
        var random = RandomKey(seed: seed).generator()
        let words = ["cat", "dog", "bird", "fish"]
        return TaggedSentences(
            (0..<count).map { _ in
                let sentence = (0..<Int.random(in: 2...9, using: &random)).map { _ in
                    words.randomElement(using: &random) ?? words[0]
                }
                return sentence.indices.map { place in
                    (sentence[place], place + 1 < sentence.count ? "before-\(sentence[place + 1])" : "last")
                }
            })
    }

    @Test("The tagger learns tags that depend on the next word, and padding changes nothing")
    func tagger() throws {
        let sentences = tagged(300, seed: 1)
        let (train, test) = (try sentences.part(.train, "t"), try sentences.part(.test, "t"))
        let model = try trained(.tagger, train, epochs: 8)
        #expect(try #require(model.evaluate(test.source).accuracy) > 0.98)
        let batch = try #require(try test.source.batch([0, 1, 2], nil))
        let length = batch.inputs[0].shape[1]
        let alone = try model.predict(batch.inputs)[0]
        let padded = try model.predict(batch.inputs.map { $0.padded([(0, 0), (0, 4)]) })[0]
        let known = batch.inputs[0].map { min($0, 1) }.expandingDimensions(at: 2)
        let difference = (alone - padded.slice(axis: 1, 0..<length)) * known
        #expect(difference.absolute.max() < 1e-5)
    }

    /// Texts that say `not` before or after `good`, among other words.
    private func opinions(_ count: Int) throws -> DatasetPart {
        var random = RandomKey(seed: 3).generator()
        let vectorization = TextVectorization(vocabulary: ["not", "good", "a", "b", "c", "d"])
        let labels = (0..<count).map { $0 % 2 }
        let texts = labels.map { label -> String in
            var words = (0..<Int.random(in: 1...8, using: &random)).map { _ in
                ["a", "b", "c", "d"].randomElement(using: &random) ?? "a"
            }
            let pair = label == 0 ? ["not", "good"] : ["good", "not"]
            words.insert(contentsOf: pair, at: Int.random(in: 0...words.count, using: &random))
            return words.joined(separator: " ")
        }
        return try DatasetPart(
            name: "opinions", task: .classification(classNames: ["bad", "good"]), inputShape: [10],
            source: TokenSource(
                inputs: [.sequences(texts.map(vectorization.tokens(of:)))], targets: [.numbers(labels)]),
            text: TextCoding(inputs: vectorization))
    }

    @Test("All kinds but the bag of words see the order of words", arguments: SentimentNetwork.allCases)
    func sentiment(_ kind: SentimentNetwork) throws {
        let part = try opinions(300)
        let model = try trained(
            ModelName(named: "sentiment-\(kind.rawValue)"), part, epochs: kind == .transformer ? 25 : 10)
        let accuracy = try #require(model.evaluate(part.source).accuracy)
        #expect(kind == .bag ? accuracy < 0.7 : accuracy > 0.97)
        guard kind != .convolution else { return }
        let words: Tensor = [[2, 3, 4]]
        let padded = words.padded([(0, 0), (0, 5)])
        #expect(try model.predict(words).isClose(to: model.predict(padded), absolute: 1e-5))
    }

    @Test("The character model learns what stood four characters before")
    func characterModel() throws {
        var random = RandomKey(seed: 5).generator()
        // Each word of three letters comes twice.
        let text = (0..<600).map { _ in
            let word = String((0..<3).map { _ in "abcd".randomElement(using: &random) ?? "a" })
            return "\(word) \(word) "
        }.joined()
        let form = TextUnits.characters.vectorization(of: [text])
        let part = try DatasetPart(
            name: "twice", task: .language, inputShape: [50],
            source: TokenWindows(form.tokens(of: text), length: 50), text: TextCoding(inputs: form))
        let small = try CognitronModels.characterModel(try #require(part.text), units: 64)
        let model = try trained(.charLM, part, epochs: 30, batchSize: 8, small)
        // Three of eight characters have two bits, the others none; without memory six have two.
        let bits = try model.evaluate(part.source)["bits"]
        #expect(try #require(bits) < 1.1)
    }

    @Test("Networks for texts refuse other samples, and others texts")
    func otherSamples() throws {
        let table = try Dataset.iris.part(.train)
        #expect(throws: CognitronError.self) { try ModelName.tagger.make(for: table) }
        #expect(throws: CognitronError.self) { try ModelName.mlp.make(for: opinions(10)) }
        #expect(throws: CognitronError.self) { try ModelName.charLM.make(for: opinions(10)) }
    }
}
