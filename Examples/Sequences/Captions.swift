import Cognitron
import CognitronData

extension Experiment {
    /// A sentence about a drawn scene: one input, then a word at each step.
    ///
    /// The picture's features are repeated for each step of an LSTM, whose state tells how far the sentence is.
    public static let captions = Experiment(
        "captions", "sentences about drawn scenes, word by word out of one picture"
    ) { settings in
        let (size, length) = (settings.pick(full: 64, small: 32), ShapeCaptions.length)
        let train = ShapeCaptions(seed: settings.seed, size: size)
            .source(count: settings.pick(full: 8_000, small: 1_500))
        let test = ShapeCaptions(seed: settings.seed, split: .test, size: size)
            .source(count: settings.pick(full: 1_000, small: 200))
        let model = Sequential([
            Input(size, size, 3), convolution(16), convolution(32), convolution(64), convolution(64),
            Flatten(), Dense(128, activation: .relu), RepeatVector(length), LSTM(128, returnSequences: true),
            Dense(ShapeCaptions.vocabulary.count, activation: .softmax),
        ])
        let (epochs, batchSize) = settings.pick(full: (20, 32), small: (16, 16))
        let steps = epochs * ((train.sampleCount ?? 0) / batchSize)
        try model.compile(
            optimizer: Adam(learningRate: .cosineDecay(initialLearningRate: 0.003, decaySteps: steps)),
            loss: .sparseCategoricalCrossentropy, gradients: [.clip(globalNorm: 1)], seed: settings.seed)
        try model.fit(train, batchSize: batchSize, epochs: epochs, verbose: .silent)

        let samples = Array(0..<(test.sampleCount ?? 0))
        guard let batch = try test.batch(samples, nil) else { return Findings([]) }
        func sentences(_ tokens: Tensor) -> [[String]] {
            tokens.unstacked().map { ShapeCaptions.words($0.scalars.map { Int($0) }) }
        }
        let (found, truth) = (
            sentences(try model.predict(batch.inputs[0]).argmax()), sentences(batch.targets[0])
        )
        // What most sentences of the test part say at each step.
        let usual = (0..<length).map { place in
            let words = truth.compactMap { place < $0.count ? $0[place] : nil }
            return Dictionary(words.map { ($0, 1) }, uniquingKeysWith: +)
                .max { ($0.value, $1.key) < ($1.value, $0.key) }?.key ?? ""
        }
        var table = FindingsTable("Captions", columns: ["words", "whole sentences"], format: .percent)
        for (name, own) in [("most frequent word of each step", truth.map { _ in usual }), ("LSTM", found)] {
            let pairs = zip(own, truth).flatMap { own, truth in
                truth.indices.map { $0 < own.count && own[$0] == truth[$0] }
            }
            let whole = zip(own, truth).count { $0 == $1 }
            table.add(
                name,
                [
                    Double(pairs.count { $0 }) / Double(pairs.count),
                    Double(whole) / Double(truth.count),
                ])
        }
        let shown = zip(found, truth).prefix(3).map { found, truth in
            "\"\(found.joined(separator: " "))\"; right: \"\(truth.joined(separator: " "))\""
        }
        return Findings([table], notes: shown)
    }

    private static func convolution(_ filters: Int) -> any AnyLayer {
        Conv2D(filters, kernelSize: 3, strides: 2, padding: .same, activation: .relu)
    }
}
