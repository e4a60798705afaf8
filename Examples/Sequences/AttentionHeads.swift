import Cognitron
import CognitronData
import CognitronPlots

extension Experiment {
    /// What the heads of a self-attention look at: a word of two senses, `bank`, whose sense another word of
    /// the sentence decides. The network says the sense at the word itself, and so must attend to the other.
    ///
    /// Sentences are made from words of seven kinds, with those that decide before or behind the word. Those
    /// of the test occur in no training sentence.
    ///
    /// - Source: Vaswani et al., "Attention Is All You Need" (2017), whose figures show `its`.
    public static let attentionHeads = Experiment(
        "attention-heads", "what the heads of self-attention look at"
    ) { settings in
        let study = try BankStudy(settings)
        var table = FindingsTable("The sense of bank", columns: ["test sentences"], format: .percent)
        table.add("by a block of attention", [try study.accuracy])
        table.add("by the more frequent sense", [study.floor])
        let shares = try study.shares
        for (head, share) in shares.enumerated() {
            table.add("head \(head + 1): its weight from bank on the deciding word", [share])
        }
        table.add("the same if all words had one weight", [study.evenShare])
        let plots = try study.plots()
        return Findings([table], plots: plots)
    }
}

/// A sentence with the sense of its `bank`.
private struct BankSentence: Hashable {
    var words: [String]
    /// The places of `bank` and of the word that decides.
    var bank: Int, cue: Int
    /// 1 of a river, 2 of money.
    var sense: Int

    private static let people = ["she", "he", "we", "they", "someone", "everybody"]
    private static let verbs = ["walked", "waited", "stood", "stayed", "slept", "sat"]
    private static let places = ["at", "by", "near", "beside", "behind"]
    private static let times = ["today", "yesterday", "again", "alone", "early", "late"]
    private static let cues = [
        ["river", "water", "boat", "fish", "reeds", "mud"],
        ["money", "loan", "cheque", "clerk", "coins", "savings"],
    ]

    /// A sentence such as `they waited by the bank with the boat today`.
    static func drawn(_ draws: inout RandomGenerator) -> BankSentence {
        func one(_ words: [String], _ draws: inout RandomGenerator) -> String {
            words.randomElement(using: &draws) ?? ""
        }
        let sense = Int.random(in: 1...2, using: &draws)
        let cue = ["the", one(cues[sense - 1], &draws)]
        let start = [one(people, &draws), one(verbs, &draws)]
        let place = [one(places, &draws), "the", "bank"]
        let time = one(times, &draws)
        let isFirst = Bool.random(using: &draws)
        let words =
            isFirst
            ? ["with"] + cue + start + place + [time] : start + place + ["with"] + cue + [time]
        return BankSentence(words: words, bank: isFirst ? 7 : 4, cue: isFirst ? 2 : 7, sense: sense)
    }
}

/// A block of self-attention that says the sense of `bank`.
private struct BankStudy {
    private let model: Model
    private let test: [BankSentence]
    private let vectorization: TextVectorization
    private static let heads = 4

    init(_ settings: ExperimentSettings) throws {
        var draws = RandomKey(seed: settings.seed).folding("bank").generator()
        var seen: Set<BankSentence> = []
        let sentences = (0..<4000).map { _ in BankSentence.drawn(&draws) }.filter { seen.insert($0).inserted }
        let training = Array(sentences.dropLast(300))
        test = Array(sentences.suffix(300))
        var vectorization = TextVectorization()
        vectorization.adapt(sentences.lazy.map { $0.words.joined(separator: " ") })
        self.vectorization = vectorization
        model = try Self.model(vectorization.vocabularySize)
        try model.compile(
            optimizer: Adam(learningRate: 0.003),
            losses: ["sense": .sparseCategoricalCrossentropy(fromLogits: true)],
            seed: settings.seed)
        // The weights are an output too, which is shown and not trained.
        try model.fit(
            [tokens(training)], ["sense": Self.targets(training)], batchSize: 32,
            epochs: settings.pick(full: 12, small: 4), verbose: .silent)
    }

    private static func model(_ tokenCount: Int) throws -> Model {
        let tokens = Input(nil)
        let embedded = Cognitron.Embedding(tokenCount, 32)(tokens)
        let x = Add()(embedded, SinePositionEncoding()(embedded))
        let outputs = MultiHeadAttention(numHeads: heads, keyDim: 8, returnAttentionScores: true)
            .outputs(of: x, x)
        let y = LayerNormalization()(Add()(x, outputs[0]))
        let scores = Dense(3)(Dense(32, activation: .relu)(y))
        return try Model(inputs: tokens, outputs: ["sense": scores, "weights": outputs[1]])
    }

    private func tokens(_ sentences: [BankSentence]) -> Tensor {
        vectorization(sentences.map { $0.words.joined(separator: " ") })
    }

    /// For each word 0, or the sense of `bank`.
    private static func targets(_ sentences: [BankSentence]) -> Tensor {
        let rows = sentences.flatMap { sentence in
            sentence.words.indices.map { $0 == sentence.bank ? Float(sentence.sense) : 0 }
        }
        return Tensor(rows, shape: [sentences.count, sentences[0].words.count])
    }

    private var outputs: (scores: Tensor, weights: Tensor) {
        get throws {
            let outputs = try model.predict([tokens(test)])
            return (outputs[0], outputs[1])
        }
    }

    /// How often the larger score of the two senses is right.
    var accuracy: Double {
        get throws {
            let scores = try outputs.scores
            let right = test.enumerated().count { number, sentence in
                let guess = scores[number, sentence.bank, 1] > scores[number, sentence.bank, 2] ? 1 : 2
                return guess == sentence.sense
            }
            return Double(right) / Double(test.count)
        }
    }

    /// How often the more frequent sense is right: `bank` alone says no more.
    var floor: Double {
        let rivers = Double(test.count { $0.sense == 1 }) / Double(test.count)
        return max(rivers, 1 - rivers)
    }

    /// The mean weight that each head gives from `bank` to the word that decides.
    var shares: [Double] {
        get throws {
            let weights = try outputs.weights
            return (0..<Self.heads).map { head in
                test.enumerated().reduce(0) {
                    $0 + Double(weights[$1.offset, head, $1.element.bank, $1.element.cue])
                } / Double(test.count)
            }
        }
    }

    var evenShare: Double { 1 / Double(test[0].words.count) }

    /// The weights of a sentence of each sense.
    func plots() throws -> [String: Plot] {
        let weights = try outputs.weights
        var plots: [String: Plot] = [:]
        for (sense, name) in [(1, "river"), (2, "money")] {
            guard let number = test.firstIndex(where: { $0.sense == sense }) else { continue }
            let words = test[number].words
            plots["attention-heads-\(name)"] = try Plot.attention(
                weights[number], queries: words, keys: words, title: "Attention: the bank of \(name)",
                subtitle: words.joined(separator: " "))
        }
        return plots
    }
}
