import Cognitron
import CognitronData
import CognitronModels
import CognitronText

extension Experiment {
    /// Where somebody is, after a story of people who walk about: the network for translations, whose source is
    /// a story with a question.
    ///
    /// - Source: Weston et al., "Towards AI-Complete Question Answering" (2015), task 1; the stories are drawn.
    public static let questionAnswering = Experiment(
        "question-answering", "where people are, answered of stories by an encoder and a decoder"
    ) { settings in
        let sentences = settings.pick(full: 4, small: 2)
        let parts = try WalkingStories.parts(
            counts: settings.pick(full: (10_000, 1_000), small: (2_000, 200)), length: sentences,
            seed: settings.seed)
        let (train, test) = (parts[0], parts[1])
        var table = FindingsTable("Answers", columns: ["test"], format: .percent)
        let pairs = try test.textPairs()
        let frequent = try train.textPairs().mostFrequentTarget
        let floors: [(String, (String) -> String?)] = [
            ("the most frequent answer", { _ in frequent }),
            ("the place named last", { WalkingStories.places(in: $0).last }),
            ("the place named first", { WalkingStories.places(in: $0).first }),
        ]
        for (name, answer) in floors {
            let right = pairs.count { answer($0.source) == $0.target }
            table.add(name, [Double(right) / Double(max(1, pairs.count))])
        }
        var notes: [String] = []
        for (kind, name) in [
            (DecoderAttention.none, ModelName.seq2seq), (.bahdanau, .seq2seqBahdanau),
        ] where settings.scale == .full || kind == .bahdanau {
            settings.report(name.name)
            let model = try name.trained(
                on: train, as: try train.seq2Seq(kind, embedding: 32, units: 64),
                epochs: settings.pick(full: 30, small: 16),
                learningRate: settings.pick(full: 0.005, small: 0.01), settings)
            let written = try test.written(by: model)
            table.add(name.name, [Double(written.exact)])
            notes = written.texts.prefix(3).map { "\($0.source) → \($0.written)" }
        }
        return Findings([table], notes: notes)
    }
}

/// Stories in which people go to places, with the question where one of them is.
private enum WalkingStories {
    private static let people = ["mary", "john", "sandra", "daniel"]
    private static let rooms = ["kitchen", "garden", "office", "hall", "bedroom", "bathroom"]
    private static let verbs = ["went", "moved", "walked", "ran"]

    static func parts(
        counts: (train: Int, test: Int), length: Int, seed: UInt64
    ) throws -> [DatasetPart] {
        let form = TextUnits.words.vectorization()
        let drawn = [("train", counts.train), ("test", counts.test)].map { name, count in
            var draws = RandomKey(seed: seed).folding("stories").folding(name).generator()
            return (0..<count).map { _ in story(length, &draws) }
        }
        let pairs = TextPairs(drawn[0], inputs: form, targets: form)
        return try drawn.map { try pairs.part($0, "stories") }
    }

    private static func story(
        _ length: Int, _ draws: inout RandomGenerator
    ) -> (source: String, target: String) {
        var rooms: [String: String] = [:]
        let sentences = (0..<length).map { _ in
            let person = people.randomElement(using: &draws) ?? people[0]
            let room = self.rooms.randomElement(using: &draws) ?? self.rooms[0]
            rooms[person] = room
            return "\(person) \(verbs.randomElement(using: &draws) ?? verbs[0]) to the \(room) ."
        }
        let asked = rooms.keys.sorted().randomElement(using: &draws) ?? people[0]
        return ("\(sentences.joined(separator: " ")) where is \(asked) ?", rooms[asked] ?? "")
    }

    /// The places that a story names, in their order.
    static func places(in story: String) -> [String] {
        story.split { !$0.isLetter }.map(String.init).filter(rooms.contains)
    }
}

extension [(source: String, target: String)] {
    fileprivate var mostFrequentTarget: String? {
        Dictionary(grouping: self, by: \.target).max { ($0.value.count, $1.key) < ($1.value.count, $0.key) }?
            .key
    }
}
