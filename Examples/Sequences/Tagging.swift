import Cognitron
import CognitronData
import CognitronModels

extension Experiment {
    /// Parts of speech by a bidirectional LSTM, beside each word's most frequent tag.
    public static let tagging = Experiment(
        "tagging", "parts of speech by the tagger, beside each word's most frequent tag"
    ) { settings in
        let parts =
            try settings.scale == .full
            ? DatasetSplit.allCases.map { try Dataset.partsOfSpeech.part($0, from: settings.data) }
            : DrawnSentences.parts(count: 400, seed: settings.seed)
        let (train, test) = (parts[0], parts[1])
        let truth = try TaggedWords(test)
        let epochs: Int? = settings.pick(full: nil, small: 6)
        settings.report("most frequent tags")
        let frequent = try FrequentTags(train).tags(of: truth.words)
        settings.report("tagger")
        let own = try ModelName.tagger.trained(on: train, epochs: epochs, settings)
        let tags = try truth.predictions(own, test.source)
        settings.report("tagger without endings")
        let bare = try ModelName.tagger.trained(on: train.withoutEndings(), epochs: epochs, settings)
        let bareTags = try truth.predictions(bare, test.withoutEndings().source)

        let (unknown, all) = (truth.words.indices.filter { truth.words[$0] == 1 }, Array(truth.words.indices))
        var table = FindingsTable("Tags", columns: ["all words", "unknown words"], format: .percent)
        for (name, found) in [
            ("most frequent tag", frequent), ("tagger without endings", bareTags), ("tagger", tags),
        ] {
            table.add(name, [truth.accuracy(found, of: all), truth.accuracy(found, of: unknown)])
        }
        var byTag = FindingsTable("Tag", columns: ["most frequent tag", "tagger"], format: .percent)
        for (tag, name) in test.task.classNames.enumerated() {
            let places = all.filter { truth.tags[$0] == tag }
            guard !places.isEmpty else { continue }
            byTag.add(
                "\(name) (\(places.count))",
                [truth.accuracy(frequent, of: places), truth.accuracy(tags, of: places)]
            )
        }
        let note = "\(unknown.count) of \(all.count) words of the test part are unknown ones."
        return Findings([table, byTag], notes: [note])
    }
}

/// The words of a part with their tags, sentence after sentence, without padding.
private struct TaggedWords {
    private(set) var words: [Int] = []
    private(set) var tags: [Int] = []

    init(_ part: DatasetPart) throws {
        for batch in try Self.batches(part.source) {
            for (word, tag) in zip(batch.inputs[0].scalars, batch.targets[0].scalars) where word > 0 {
                words.append(Int(word))
                tags.append(Int(tag))
            }
        }
    }

    /// The model's tag of each word.
    func predictions(_ model: Model, _ source: any BatchSource) throws -> [Int] {
        try Self.batches(source).flatMap { batch in
            let found = try model.predict(batch.inputs)[0].argmax()
            return zip(batch.inputs[0].scalars, found.scalars).filter { $0.0 > 0 }.map { Int($0.1) }
        }
    }

    /// The share of right tags among the words at these places.
    func accuracy(_ found: [Int], of places: [Int]) -> Double {
        Double(places.count { found[$0] == tags[$0] }) / Double(max(1, places.count))
    }

    private static func batches(_ source: any BatchSource) throws -> [Batch] {
        let count = source.sampleCount ?? 0
        return try stride(from: 0, to: count, by: 50).compactMap {
            try source.batch(Array($0..<min($0 + 50, count)), nil)
        }
    }
}

/// Each word's most frequent tag in training; that of unknown words for all others.
private struct FrequentTags {
    private let tags: [Int: Int]

    init(_ part: DatasetPart) throws {
        let known = try TaggedWords(part)
        let counts = zip(known.words, known.tags).reduce(into: [Int: [Int: Int]]()) {
            $0[$1.0, default: [:]][$1.1, default: 0] += 1
        }
        tags = counts.compactMapValues { of in of.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key }
    }

    func tags(of words: [Int]) -> [Int] { words.map { tags[$0] ?? tags[1] ?? 0 } }
}

extension DatasetPart {
    /// The same with the ending of an unknown word for all words.
    fileprivate func withoutEndings() throws -> DatasetPart {
        try DatasetPart(
            name: name, task: task, inputShape: inputShape,
            source: source.map { batch in
                var batch = batch
                batch.inputs[1] = batch.inputs[0].map { min($0, 1) }
                return batch
            }, text: text)
    }
}
