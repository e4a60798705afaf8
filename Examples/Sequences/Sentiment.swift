import Cognitron
import CognitronData
import CognitronModels

extension Experiment {
    /// The sentiment of sentences by four networks, from a bag of words to an encoder block.
    public static let sentiment = Experiment(
        "sentiment", "sentences of reviews by a bag of words, convolutions, an LSTM, an encoder block"
    ) { settings in
        let parts =
            try settings.scale == .full
            ? DatasetSplit.allCases.map { try Dataset.sentiment.part($0, from: settings.data) }
            : DrawnOpinions.parts(count: 1_500, seed: settings.seed)
        var table = FindingsTable("Sentiment", columns: ["training", "test"], format: .percent)
        let labels = try parts[1].source.batch(Array(0..<parts[1].count), nil)?.targets[0].scalars ?? []
        let most = (0..<2).map { label in labels.count { Int($0) == label } }.max() ?? 0
        table.add("the more frequent class", [nil, Double(most) / Double(max(1, labels.count))])
        for kind in SentimentNetwork.allCases {
            let name = try ModelName(named: "sentiment-\(kind.rawValue)")
            settings.report(name.name)
            let model = try name.trained(on: parts[0], epochs: settings.pick(full: nil, small: 10), settings)
            table.add(
                name.name, try parts.map { Double(try model.evaluate($0.source).accuracy ?? .nan) })
        }
        return Findings([table])
    }
}

/// Texts in which it counts whether `not` stands before `good` or before `bad`.
enum DrawnOpinions {
    static func parts(count: Int, seed: UInt64) throws -> [DatasetPart] {
        let others = ["film", "plot", "cast", "it"]
        let form = TextVectorization(vocabulary: ["not", "good", "bad"] + others)
        return try DatasetSplit.allCases.map { split in
            var random = RandomKey(seed: seed).folding("opinions \(split)").generator()
            let labels = (0..<count).map { $0 % 2 }
            let texts = labels.map { label in
                var words = (0..<6).map { _ in others.randomElement(using: &random) ?? "it" }
                // The pair is not divided, since it comes last.
                for pair in [[label == 1 ? "good" : "bad"], ["not", label == 1 ? "bad" : "good"]] {
                    words.insert(contentsOf: pair, at: Int.random(in: 0...words.count, using: &random))
                }
                return words.joined(separator: " ")
            }
            return try DatasetPart(
                name: "drawn opinions", task: .classification(classNames: ["negative", "positive"]),
                inputShape: [10],
                source: TokenSource(
                    inputs: [.sequences(texts.map(form.tokens(of:)))], targets: [.numbers(labels)]),
                text: TextCoding(inputs: form))
        }
    }
}
