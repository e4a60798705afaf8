import Cognitron
import CognitronData
import CognitronModels
import CognitronPlots
import Foundation

extension Experiment {
    /// What a DCGAN's pictures are worth after every epoch, by the features of a classifier: the Fréchet
    /// distance from real pictures, diversity, and the distance to the nearest training picture; beside other
    /// real pictures, real ones with noise, and noise.
    ///
    /// - Source: Heusel et al., "GANs Trained by a Two Time-Scale Update Rule Converge to a Local Nash
    ///   Equilibrium" (2017).
    public static let generatedScores = Experiment(
        "generated-scores", "Fréchet distance and diversity of real pictures, of noise, and of a GAN's epochs"
    ) { settings in
        let study = try GeneratedScores(settings)
        let real = try study.realRows()
        let (epochs, made) = try study.epochRows(settings)
        let columns = ["Fréchet distance", "diversity", "nearest training picture"]
        var table = FindingsTable("Pictures, of \(study.count) each", columns: columns)
        for (name, scores) in real + epochs { table.add(name, scores) }
        let curve = Chart(
            "A DCGAN's pictures", subtitle: "Fréchet distance from real ones, by a classifier's features",
            x: .init("epoch"), y: .init("Fréchet distance", scale: .logarithmic),
            series: [.init("DCGAN", epochs.enumerated().map { (Double($0 + 1), $1.1[0]) })],
            marks: real.map { .init($0.0, at: $0.1[0], .horizontal) })
        return Findings(
            [table],
            plots: ["generated-scores": curve.plot(), "generated-neighbours": try study.neighbours(of: made)])
    }
}

/// Pictures, a classifier that has learnt them, and what it says of others.
private struct GeneratedScores {
    /// The pictures of each set.
    let count: Int
    private let train: LabelledImages
    private let test: LabelledImages
    private let features: Model
    private let reference: FeatureSet

    /// Fashion-MNIST at full scale, drawn shapes at the small one.
    init(_ settings: ExperimentSettings) throws {
        if settings.scale == .full {
            train = try FashionMNIST.load(.train, from: settings.data)
            test = try FashionMNIST.load(.test, from: settings.data)
        } else {
            train = Shapes.make(count: 1_000, size: 28, channels: .grey)
            test = Shapes.make(count: 500, split: .test, size: 28, channels: .grey)
        }
        count = settings.pick(full: 5_000, small: 500)
        let classifier = Self.classifier(train.classNames.count)
        try classifier.compile(
            optimizer: Adam(), loss: .sparseCategoricalCrossentropy, metrics: [.accuracy], seed: settings.seed
        )
        try classifier.fit(
            train.images, train.labels, batchSize: 32, epochs: settings.pick(full: 5, small: 3),
            verbose: .silent)
        let accuracy = try classifier.evaluate(test.images, test.labels).accuracy ?? .nan
        settings.report("classifier: test accuracy \(accuracy)")
        features = try classifier.featureExtractor(["features"])
        reference = try FeatureSet(features.predict(train.images.prefix(count)))
    }

    private static func classifier(_ classCount: Int) -> Model {
        Sequential {
            Input(28, 28, 1)
            for filters in [16, 32] {
                Conv2D(filters, kernelSize: 3, padding: .same, activation: .relu)
                MaxPooling2D(poolSize: 2)
            }
            Flatten()
            Dense(64, activation: .relu, name: "features")
            Dense(classCount, activation: .softmax)
        }
    }

    private func scores(_ pictures: Tensor) throws -> [Double] {
        let set = try FeatureSet(features.predict(pictures))
        let nearest = set.nearest(in: reference).map { $0[0].distance }
        return [
            set.frechetDistance(to: reference), set.diversity, nearest.reduce(0, +) / Float(nearest.count),
        ].map(Double.init)
    }

    /// The scores of pictures that no network has made.
    func realRows() throws -> [(String, [Double])] {
        let real = test.images.prefix(count).tensor
        let noise = Tensor.randomNormal(real.shape, seed: 5)
        return [
            ("other real pictures", try scores(real)),
            ("real, with noise of σ 0.2", try scores((real + noise * 0.2).clamped(to: 0...1))),
            ("noise", try scores(.randomUniform(real.shape, in: 0..<1, seed: 6))),
        ]
    }

    /// The scores after each epoch of a DCGAN, and its last pictures.
    func epochRows(_ settings: ExperimentSettings) throws -> (rows: [(String, [Double])], pictures: Tensor) {
        let model = try ModelName.dcgan.compiledGenerator(
            inputShape: [28, 28, 1], task: .unlabelled, seed: settings.seed)
        let generator = try SampleGenerator(of: model)
        let noise = generator.noise(count, seed: settings.seed)
        var (rows, pictures) = ([(String, [Double])](), try generator.samples(noise))
        let source = SampleSource([train.images.prefix(20_000)])
        for epoch in 1...settings.pick(full: 10, small: 4) {
            try model.fit(source, batchSize: 64, epochs: 1, verbose: .silent)
            pictures = try generator.samples(noise)
            let scores = try scores(pictures)
            settings.report("epoch \(epoch): Fréchet distance \(scores[0])")
            rows.append(("DCGAN, epoch \(epoch)", scores))
        }
        return (rows, pictures)
    }

    /// Some pictures, and beside each the three training pictures whose features are nearest.
    func neighbours(of pictures: Tensor) throws -> Plot {
        let shown = pictures[0..<8]
        let nearest = try FeatureSet(features.predict(shown)).nearest(in: reference, count: 3)
        let rows = nearest.enumerated().flatMap { row, found in
            [PictureSheet.Cell(Picture(shown[row]), caption: ["made"])]
                + found.map {
                    PictureSheet.Cell(
                        train.images.picture(at: $0.index), caption: [String(format: "at %.1f", $0.distance)])
                }
        }
        return try PictureSheet(
            "Nearest training pictures", subtitle: "of a DCGAN's pictures, by a classifier's features",
            sections: [.init("", rows, columns: 8)], side: 64
        ).plot(width: 640)
    }
}
