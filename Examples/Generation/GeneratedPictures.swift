import Cognitron
import CognitronData
import CognitronModels
import CognitronPlots

extension Experiment {
    /// Pictures of noise by three networks, judged by a classifier that has learnt from real ones: what it
    /// takes each for, and how often it agrees with the class that the conditional network was asked for.
    ///
    /// - Source: Goodfellow et al. (2014); Radford et al. (2016); Mirza and Osindero (2014).
    public static let ganDigits = Experiment(
        "gan-digits", "dense, convolutional and conditional generators, judged by a classifier"
    ) { settings in
        let study = try GeneratedPictures(settings)
        var table = FindingsTable(
            "Generated pictures, by the classifier",
            columns: [
                "agrees with the class asked for", "mean probability", "largest class", "smallest class",
            ],
            format: .percent)
        table.add("real test pictures", try study.judgedTestPictures())
        var plots: [String: Plot] = [:]
        for name in [ModelName.gan, .dcgan, .cgan] {
            settings.report("\(name)")
            let generator = try study.trained(name)
            table.add("\(name)", try study.judged(generator))
            plots["gan-digits-\(name)"] = try .generated(
                by: generator, classNames: study.train.task.classNames, seed: settings.seed,
                title: "\(name) after \(study.epochs) epochs of \(study.train.name)")
        }
        return Findings([table], plots: plots)
    }
}

/// Generators of one data set, and the classifier that judges them.
struct GeneratedPictures {
    let train: DatasetPart
    let epochs: Int
    private let test: DatasetPart
    private let settings: ExperimentSettings
    private let classifier: Model

    init(_ settings: ExperimentSettings) throws {
        let dataset = settings.pick(full: Dataset.fashionMNIST, small: .digits)
        train = try dataset.part(.train, from: settings.data)
        test = try dataset.part(.test, from: settings.data)
        (self.settings, epochs) = (settings, settings.pick(full: 20, small: 12))
        classifier = Self.judge(train)
        try classifier.compile(
            optimizer: Adam(), loss: .sparseCategoricalCrossentropy, metrics: [.accuracy],
            seed: settings.seed)
        settings.report("classifier")
        try classifier.fit(
            train.source, batchSize: 64, epochs: settings.pick(full: 4, small: 15), verbose: .silent)
    }

    private static func judge(_ part: DatasetPart) -> Model {
        Sequential(name: "judge") {
            Input(shape: part.inputShape)
            Conv2D(32, kernelSize: 3, padding: .same, activation: .relu)
            Conv2D(32, kernelSize: 3, padding: .same, activation: .relu)
            MaxPooling2D(poolSize: 2)
            Flatten()
            Dropout(0.3)
            Dense(128, activation: .relu)
            Dense(part.task.classNames.count, activation: .softmax)
        }
    }

    /// Trains a network of that name.
    func trained(_ name: ModelName) throws -> SampleGenerator {
        let model = try name.compiledGenerator(
            inputShape: train.inputShape, task: train.task,
            learningRate: settings.pick(full: 2e-4, small: 1e-3), seed: settings.seed)
        try model.fit(train.source, batchSize: 64, epochs: epochs, verbose: .silent)
        return try SampleGenerator(of: model)
    }

    /// What the classifier says of a hundred pictures for each class.
    func judged(_ generator: SampleGenerator) throws -> [Double?] {
        let classCount = train.task.classNames.count
        let noise = generator.noise(100 * classCount, seed: settings.seed)
        guard generator.classCount != nil else { return try judged(generator.samples(noise), asked: nil) }
        let asked = (0..<noise.shape[0]).map { $0 % classCount }
        return try judged(generator.samples(noise, classes: asked), asked: asked)
    }

    func judgedTestPictures() throws -> [Double?] {
        let batch = try test.source.batch(Array(0..<test.count), nil)
        guard let pictures = batch?.inputs.first, let labels = batch?.targets.first else { return [] }
        return try judged(pictures, asked: labels.scalars.map { Int($0) })
    }

    private func judged(_ pictures: Tensor, asked: [Int]?) throws -> [Double?] {
        let probabilities = try classifier.predict(pictures)
        let found = probabilities.argmax().scalars.map { Int($0) }
        let counts = (0..<probabilities.shape[1]).map { number in found.count { $0 == number } }
        let (count, right) = (Double(found.count), asked.map { zip($0, found).count { $0 == $1 } })
        return [
            right.map { Double($0) / count }, Double(probabilities.max(axis: 1).mean()),
            counts.max().map { Double($0) / count }, counts.min().map { Double($0) / count },
        ]
    }
}
