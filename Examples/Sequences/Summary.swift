import Cognitron
import CognitronData
import CognitronModels
import CognitronText

extension Experiment {
    /// Headlines of reports: the network for translations, whose target is shorter than its source and says
    /// what counts of it.
    ///
    /// Reports are drawn: what happened where, among sentences that no headline mentions.
    ///
    /// - Source: Rush, Chopra and Weston, "A Neural Attention Model for Sentence Summarization" (2015).
    public static let summary = Experiment(
        "summary", "headlines of drawn reports by an encoder and a decoder"
    ) { settings in
        let parts = try Reports.parts(
            counts: settings.pick(full: (8_000, 1_000), small: (1_500, 150)), seed: settings.seed)
        let (train, test) = (parts[0], parts[1])
        let model = try ModelName.seq2seqLuong.trained(
            on: train,
            as: try train.seq2Seq(.luong, embedding: 32, units: settings.pick(full: 128, small: 64)),
            epochs: settings.pick(full: 10, small: 15), learningRate: settings.pick(full: 0.005, small: 0.01),
            settings)
        let written = try test.written(by: model)
        var table = FindingsTable("Headlines", columns: ["exact", "BLEU"], format: .significant)
        func add(_ name: String, _ texts: [String]) throws {
            let exact = zip(texts, written.texts).count { $0 == $1.wanted }
            let bleu = try BLEU(texts, references: written.texts.map { [$0.wanted] })
            table.add(name, [Double(exact) / Double(max(1, texts.count)), bleu.score])
        }
        try add(
            "the report's first words",
            written.texts.map { $0.source.split(separator: " ").prefix(4).joined(separator: " ") })
        try add("seq2seq-luong", written.texts.map(\.written))
        return Findings(
            [table], notes: written.texts.prefix(3).map { "\($0.source) → \($0.written)" })
    }
}

/// Reports of three sentences, one of which makes the headline.
private enum Reports {
    private static let places = [
        "lyon", "porto", "bergen", "turin", "ghent", "graz", "cork", "leeds", "malaga", "basel",
    ]
    /// What happens, and how a headline says it.
    private static let events = [
        ("a storm has torn the roofs off many houses", "storm hits"),
        ("thousands of workers have stopped working", "strike in"),
        ("the river has risen over its banks", "flood in"),
        ("the home team has won the cup", "cup for"),
        ("the new bridge has been opened to traffic", "bridge opens in"),
        ("a fire has destroyed an old factory", "fire in"),
        ("scientists have found bones of a mammoth", "mammoth found in"),
        ("the citizens have chosen a new mayor", "new mayor for"),
    ]
    private static let others = [
        "nobody was hurt", "the weather will stay as it is", "many people came to see it",
        "the police ask for patience", "trains were late until the evening", "our reporter was there",
        "it is not the first time this year", "the shops will open again on monday",
    ]
    private static let days = ["on monday", "on friday", "last night", "this morning", "yesterday"]

    static func parts(counts: (train: Int, test: Int), seed: UInt64) throws -> [DatasetPart] {
        let form = TextUnits.words.vectorization()
        let drawn = [("train", counts.train), ("test", counts.test)].map { name, count in
            var draws = RandomKey(seed: seed).folding("reports").folding(name).generator()
            return (0..<count).map { _ in report(&draws) }
        }
        let pairs = TextPairs(drawn[0], inputs: form, targets: form)
        return try drawn.map { try pairs.part($0, "reports") }
    }

    private static func report(_ draws: inout RandomGenerator) -> (source: String, target: String) {
        func one(_ texts: [String], _ draws: inout RandomGenerator) -> String {
            texts.randomElement(using: &draws) ?? ""
        }
        let (place, event) = (one(places, &draws), events.randomElement(using: &draws) ?? events[0])
        // Another place is named too, which the headline must not take.
        let passing = "people from \(one(places.filter { $0 != place }, &draws)) sent their greetings"
        var sentences = [one(others, &draws), passing]
        let main = "\(one(days, &draws)) in \(place) \(event.0)"
        sentences.insert(main, at: Int.random(in: 0...2, using: &draws))
        return (sentences.map { $0 + " ." }.joined(separator: " "), "\(event.1) \(place)")
    }
}
