import Cognitron
import CognitronData
import CognitronModels
import CognitronText

extension Experiment {
    /// Verses of chapters that were not trained on, from English into Spanish by a transformer and an LSTM with
    /// attention, beside the translation of the nearest known verse.
    ///
    /// Ten thousand verses are few: the networks find the register, names and frequent phrases, and often not
    /// the meaning.
    ///
    /// - Source: Vaswani et al. (2017); Luong et al. (2015); Sennrich et al. (2016) for byte pairs.
    public static let verses = Experiment(
        "verses", "verses translated by a transformer and an LSTM, BLEU on chapters held out"
    ) { settings in
        let isFull = settings.scale == .full
        let parts =
            try isFull
            ? DatasetSplit.allCases.map { try Dataset.verses.part($0, from: settings.data) }
            : DrawnPhrases.parts(settings)
        let (train, test) = (parts[0], parts[1])
        var table = FindingsTable("Verses", columns: ["BLEU", "length of the reference's"])
        let nearest = try NearestText(train)
        settings.report("nearest verses")
        let known = try nearest.scores(test)
        table.add("the nearest known verse", [known.score, known.lengthRatio])
        var notes: [String] = []
        let names: [ModelName] = isFull ? [.transformer, .seq2seqLuong] : [.transformer]
        for name in names {
            settings.report(name.name)
            let model = try name.trained(
                on: train, as: name == .transformer ? try train.transformer(settings) : nil,
                epochs: settings.pick(full: name == .transformer ? 10 : 6, small: 12),
                learningRate: settings.pick(full: nil, small: 0.01), settings)
            for (search, words) in [
                (TokenSearch.greedy, "greedy"), (.beam(width: 4, lengthPenalty: 0), "beam of 4"),
                (.beam(width: 4, lengthPenalty: 1), "beam of 4, by length"),
            ] {
                let written = try test.written(by: model, search)
                let bleu = try BLEU(
                    written.texts.map(\.written), references: written.texts.map { [$0.wanted] })
                table.add("\(name), \(words)", [bleu.score, bleu.lengthRatio])
                if case .beam(_, 1) = search {
                    notes += written.texts.prefix(3).map {
                        "\(name): \($0.source) → \($0.written) (wanted: \($0.wanted))"
                    }
                }
            }
        }
        return Findings([table], notes: notes)
    }
}

extension BLEU {
    fileprivate var lengthRatio: Double {
        Double(hypothesisLength) / Double(max(1, referenceLength))
    }
}

extension DatasetPart {
    /// Larger than the small one, and with dropout, for the data are few.
    fileprivate func transformer(_ settings: ExperimentSettings) throws -> Model {
        try CognitronModels.transformer(
            inputTokens: text?.inputs?.vocabularySize ?? 1, targetTokens: text?.targets?.vocabularySize ?? 1,
            settings.pick(
                full: TransformerSizes(layers: 2, features: 128, heads: 4, units: 512, dropout: 0.1),
                small: TransformerSizes(layers: 1, features: 32, heads: 4, units: 64, dropout: 0)),
            sharesEmbedding: true)
    }
}

/// The translation of the known text that shares most words, rare ones before frequent ones.
private struct NearestText {
    private let coding: TextCoding
    private let targets: [[Int]]
    /// For each token the texts that have it, and what it counts.
    private var places: [Int: [Int]] = [:]
    private let weights: [Int: Double]
    private let sizes: [Double]

    init(_ part: DatasetPart) throws {
        coding = part.text ?? TextCoding()
        let (sources, targets) = try part.tokenPairs()
        for (number, source) in sources.enumerated() {
            for token in Set(source) { places[token, default: []].append(number) }
        }
        let weights = places.mapValues { 1 / Double($0.count) }
        sizes = sources.map { Set($0).reduce(0) { $0 + (weights[$1] ?? 0) } }
        (self.targets, self.weights) = (targets, weights)
    }

    func scores(_ part: DatasetPart) throws -> BLEU {
        let (sources, wanted) = try part.tokenPairs()
        func text(_ tokens: [Int]) -> String { coding.targets?.text(of: tokens) ?? "" }
        return try BLEU(
            sources.map { text(targets[nearest($0)]) }, references: wanted.map { [text($0)] })
    }

    /// The number of the text with the largest share of common weights.
    private func nearest(_ source: [Int]) -> Int {
        var common: [Int: Double] = [:]
        let own = Set(source).sorted()
        for token in own {
            for number in places[token] ?? [] { common[number, default: 0] += weights[token] ?? 0 }
        }
        let size = own.reduce(0) { $0 + (weights[$1] ?? 0) }
        func likeness(_ number: Int) -> Double {
            let shared = common[number] ?? 0
            return shared / max(1e-9, size + sizes[number] - shared)
        }
        return common.keys.max { (likeness($0), $1) < (likeness($1), $0) } ?? 0
    }
}
