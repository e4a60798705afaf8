import Cognitron
import CognitronData
import CognitronModels
import CognitronPlots

extension Experiment {
    /// Both forms of the neocognitron on handwritten digits, beside what was before and after it.
    ///
    /// - Source: Fukushima (1980 and 2013).
    public static let neocognitron = Experiment(
        "neocognitron", "how well the first convolutional network reads digits, and what its cells answer to"
    ) { settings in
        let count = settings.pick(full: 1_438, small: 300)
        let train = try Dataset.digits.part(.train).source.firstDigits(count)
        let test = try Dataset.digits.part(.test).source.firstDigits(359)
        var table = FindingsTable(
            "Digits of 8 × 8", columns: ["as they are", "moved by a pixel"], format: .percent)

        table.add("linear", try rates(test, of: trained("linear", train, settings)))
        table.add("LeNet", try rates(test, of: trained("lenet", train, settings)))
        let neighbour = NearestNeighbour(train.pictures, labels: train.labels)
        table.add("nearest neighbour", rates(test) { neighbour.classes(of: $0) })

        var plots: [String: Plot] = [:]
        for name in [ModelName.neocognitron1980, .neocognitron] {
            let model = try name.learned(
                from: train.source, inputShape: [8, 8, 1], task: train.task, seed: settings.seed,
                report: settings.report)
            table.add("\(name)", try rates(test, of: model))
            plots["\(name)-planes"] = try .featureMaps(
                of: test.pictures[0], in: model, title: "What the cells of \(name) answer to")
        }
        return Findings([table], plots: plots, notes: ["\(count) training digits, 359 test digits"])
    }

    private static func rates(_ test: DigitSamples, of model: Model) throws -> [Double] {
        try rates(test) { try model.predict($0).argmax(axis: 1).scalars.map { Int($0) } }
    }

    /// The shares of digits that are read, where they are and moved to the right by a pixel of eight.
    private static func rates(
        _ test: DigitSamples, classes: (Tensor) throws -> [Int]
    ) rethrows -> [Double] {
        let moved = test.pictures.padded([(0, 0), (0, 0), (1, 0), (0, 0)]).slice(axis: 2, 0..<8)
        return try [test.pictures, moved].map { pictures in
            let isRight = zip(try classes(pictures), test.labels).map { $0 == $1 }
            return Double(isRight.count { $0 }) / Double(isRight.count)
        }
    }

    /// A network that learns by gradients: LeNet on the digits in 28 × 28, or one dense layer.
    private static func trained(
        _ name: String, _ train: DigitSamples, _ settings: ExperimentSettings
    ) throws -> Model {
        let model = Sequential(name: name) {
            Input(8, 8, 1)
            if name == "lenet" {
                Resizing(28, 28)
                leNet(inputShape: [28, 28, 1], classCount: 10)
            } else {
                Flatten()
                Dense(10, activation: .softmax)
            }
        }
        try model.compile(
            optimizer: Adam(learningRate: 0.002), loss: .sparseCategoricalCrossentropy, seed: settings.seed)
        try model.fit(
            train.pictures, Tensor(train.labels), batchSize: 32, epochs: settings.pick(full: 40, small: 30),
            verbose: .silent)
        return model
    }
}

/// Digits with their classes.
struct DigitSamples {
    let pictures: Tensor
    let labels: [Int]

    var source: SampleSource { SampleSource(pictures, Tensor(labels)) }
    var task: DataTask { .classification(classNames: (0...9).map(String.init)) }
}

extension BatchSource {
    /// The first pictures and their classes.
    func firstDigits(_ count: Int) throws -> DigitSamples {
        guard let batch = try self.batch(Array(0..<min(count, sampleCount ?? 0)), nil) else {
            throw CognitronError(.data, "digits", "has no samples")
        }
        return DigitSamples(pictures: batch.inputs[0], labels: batch.targets[0].scalars.map { Int($0) })
    }
}
