import Cognitron
import CognitronData
import CognitronModels
import CognitronText

extension Experiment {
    /// A text's next character by an LSTM, beside counted n-grams, and what it writes at several temperatures.
    public static let characterModels = Experiment(
        "character-models", "a text gone on with by an LSTM, beside n-grams; samples at four temperatures"
    ) { settings in
        let (train, test) = try texts(settings)
        guard let coding = train.text, let form = coding.inputs else { return Findings([]) }
        var table = FindingsTable("Model", columns: ["bits a character, training", "test"])
        let (known, unseen) = (try train.tokens(), try test.tokens())
        for order in [1, 2, 3, 4, 5, 6] {
            settings.report("\(order)-grams")
            let model = NGramModel(order: order, tokenCount: form.vocabularySize, trainedOn: known)
            table.add(
                "\(order)-grams", [model.bits(of: Array(known.prefix(unseen.count))), model.bits(of: unseen)])
        }
        settings.report("LSTM")
        let model =
            try settings.scale == .full
            ? ModelName.charLM.trained(on: train, settings)
            : small(coding, train, settings)
        table.add(
            "LSTM",
            try [train, test].map { part in
                Double(try model.evaluate(part.source)["bits"] ?? .nan)
            })
        let length = settings.pick(full: 300, small: 40)
        let samples = try [0.3, 0.6, 0.8, 1].map { (temperature: Float) in
            var generator = try TextGenerator(
                model: model, coding: coding, TokenSampler(temperature: temperature, seed: settings.seed))
            let prompt = settings.pick(full: "In the", small: "the")
            let text = try generator.continuation(of: prompt, length: length)
            return "Temperature \(temperature): \(prompt)\(text)"
        }
        return Findings([table], notes: samples)
    }

    /// Real English, or sentences of a few words.
    private static func texts(
        _ settings: ExperimentSettings
    ) throws -> (train: DatasetPart, test: DatasetPart) {
        guard settings.scale == .small else {
            let train = try Dataset.englishText.part(.train, from: settings.data)
            let test = try Dataset.englishText.part(.test, from: settings.data)
            return (try train.last(10_000), try test.last(1_000))
        }
        var random = RandomKey(seed: settings.seed).folding("text").generator()
        let words = ["the", "cat", "that", "sat", "there", "then", "ate"]
        let text = (0..<3_000).map { _ in words.randomElement(using: &random) ?? "the" }.joined(
            separator: " ")
        let form = TextUnits.characters.vectorization(of: [text])
        let tokens = form.tokens(of: text)
        let cut = tokens.count * 9 / 10
        let parts = try [tokens[..<cut], tokens[cut...]].map { part in
            try DatasetPart(
                name: "drawn text", task: .language, inputShape: [40],
                source: TokenWindows(Array(part), length: 40), text: TextCoding(inputs: form))
        }
        return (parts[0], parts[1])
    }

    private static func small(
        _ coding: TextCoding, _ train: DatasetPart, _ settings: ExperimentSettings
    ) throws -> Model {
        let model = try characterModel(coding, units: 48)
        let recipe = try ModelName.charLM.recipe(for: .language, model)
        try model.compile(
            optimizer: Adam(learningRate: 0.01), losses: recipe.losses, metrics: recipe.metrics,
            gradients: [.clip(globalNorm: 1)], seed: settings.seed)
        try model.fit(train.source, batchSize: 16, epochs: 8, verbose: .silent)
        return model
    }
}

extension DatasetPart {
    /// The last samples.
    fileprivate func last(_ samples: Int) throws -> DatasetPart {
        try DatasetPart(
            name: name, task: task, inputShape: inputShape, source: source.skip(max(0, count - samples)),
            text: text)
    }

    /// All tokens of the samples, one after the other.
    fileprivate func tokens() throws -> [Int] {
        try source.batch(Array(0..<count), nil)?.inputs[0].scalars.map { Int($0) } ?? []
    }
}
